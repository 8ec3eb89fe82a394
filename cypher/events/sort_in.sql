-- events/sort_in: put the new hashes of a range where the others are, in their order; drop_sorted takes them away
-- rows of the first hash of the range, the first behind it
-- returns nothing
INSERT INTO event_hash (hash, seq) SELECT hash, seq FROM event_hash_new WHERE hash >= ?1 AND hash < ?2 ORDER BY hash;
