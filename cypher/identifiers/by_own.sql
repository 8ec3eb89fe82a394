-- identifiers/by_own: the identifier whose own profile id this is
-- :hash: the first 64 bits of what a profile id spells
-- returns key; others that begin alike too
SELECT i.key FROM identifier_by_hash AS h CROSS JOIN identifier AS i ON i.id = h.id WHERE h.hash = :hash;
