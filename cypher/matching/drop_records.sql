-- matching/drop_records: forget the records of identifiers
-- rows of identifier (id)
-- returns nothing
DELETE FROM record WHERE identifier = ?1;
