-- reviews/drop_keys: forget which identifiers items are about
-- rows of key, item
-- returns nothing
DELETE FROM review_item_key WHERE key = ?1 AND item = ?2;
