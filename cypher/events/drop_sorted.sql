-- events/drop_sorted: take those of a range from the new hashes
-- rows of the first hash of the range, the first behind it
-- returns nothing
DELETE FROM event_hash_new WHERE hash >= ?1 AND hash < ?2;
