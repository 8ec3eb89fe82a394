-- traits/drop: forget all traits of identifiers
-- rows of identifier (id)
-- returns nothing
DELETE FROM trait WHERE identifier = ?1;
