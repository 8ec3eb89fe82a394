-- identifiers/by_own: the identifier whose own profile id this is
-- :hash: the first 64 bits of what a profile id spells
-- returns key; others that begin alike too
SELECT key FROM identifier WHERE hash = :hash;
