-- matching/clear: forget records, their keys and pairs; several statements
-- no parameters
-- returns nothing
DELETE FROM record;
DELETE FROM record_key;
DELETE FROM candidate;
