-- events/hash: enter the hashes by which new events are found
-- rows of hash, seq
-- returns nothing
INSERT INTO event_hash_new (hash, seq) VALUES (?1, ?2);
