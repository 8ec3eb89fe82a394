-- identifiers/insert: write identifiers that are new
-- rows of id, key, first_seen, last_seen, count, set_aside
-- returns nothing
INSERT INTO identifier (id, key, first_seen, last_seen, count, set_aside) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
