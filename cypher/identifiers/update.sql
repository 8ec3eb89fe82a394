-- identifiers/update: write what is known of identifiers now, but for where they belong
-- rows of id, first_seen, last_seen, count, set_aside
-- returns nothing
UPDATE identifier SET first_seen = ?2, last_seen = ?3, count = ?4, set_aside = ?5 WHERE id = ?1;
