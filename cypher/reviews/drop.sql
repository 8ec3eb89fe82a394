-- reviews/drop: forget items
-- rows of id
-- returns nothing
DELETE FROM review_item WHERE id = ?1;
