-- traits/write: keep each write that is later, by (at, event), than the one that stands
-- rows of identifier (id), name, at, event (id), source, value (JSON)
-- returns nothing
INSERT INTO trait (identifier, name, at, event, source, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET at = excluded.at, event = excluded.event, source = excluded.source, value = excluded.value
WHERE (excluded.at, excluded.event) > (at, event);
