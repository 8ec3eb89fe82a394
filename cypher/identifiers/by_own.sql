-- identifiers/by_own: the identifier whose own profile id this is
-- :own: profile id
-- returns key; at most one row
SELECT key FROM identifier WHERE own = :own;
