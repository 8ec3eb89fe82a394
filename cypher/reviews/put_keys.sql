-- reviews/put_keys: write which identifiers items are about
-- rows of key, item
-- returns nothing
INSERT INTO review_item_key (key, item) VALUES (?1, ?2) ON CONFLICT DO NOTHING;
