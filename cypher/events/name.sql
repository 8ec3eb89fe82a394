-- events/name: record which identifiers events name
-- rows of identifier (id), at, event (seq), owns (1 or 0)
-- returns nothing
INSERT INTO names (identifier, at, event, owns) VALUES (?1, ?2, ?3, ?4);
