-- events/append: store events that are not stored yet
-- rows of seq, id, at, received_at, type, name, source, channel, body, digest
-- returns nothing
INSERT INTO event (seq, id, at, received_at, type, name, source, channel, body, digest)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);
