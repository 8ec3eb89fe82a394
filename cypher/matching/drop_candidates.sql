-- matching/drop_candidates: forget pairs of records
-- rows of low (id), high (id)
-- returns nothing
DELETE FROM candidate WHERE low = ?1 AND high = ?2;
