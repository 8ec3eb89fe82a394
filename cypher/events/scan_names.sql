-- events/scan_names: every naming of an identifier by an event
-- no parameters
-- returns event (id), key, owns (1 or 0)
SELECT e.id AS event, i.key, n.owns
FROM names AS n
CROSS JOIN identifier AS i ON i.id = n.identifier
CROSS JOIN event AS e ON e.seq = n.event;
