-- identifiers/by_own: the identifier whose own profile id this is
-- :own: the bytes that a profile id spells
-- returns key; at most one row
SELECT key FROM identifier WHERE own = :own;
