-- matching/drop_keys: let no key find the records of identifiers
-- rows of identifier (id)
-- returns nothing
DELETE FROM record_key WHERE identifier = ?1;
