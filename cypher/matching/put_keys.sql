-- matching/put_keys: let keys find records
-- rows of key, identifier (id)
-- returns nothing
INSERT INTO record_key (key, identifier) VALUES (?1, ?2);
