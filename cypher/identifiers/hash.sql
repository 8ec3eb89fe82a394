-- identifiers/hash: enter the hashes by which new identifiers are found
-- rows of hash, id
-- returns nothing
INSERT INTO identifier_hash_new (hash, id) VALUES (?1, ?2);
