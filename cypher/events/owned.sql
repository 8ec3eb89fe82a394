-- events/owned: all events that identifiers own
-- :identifiers: JSON array of identifier ids
-- returns id, at, received_at, type, name, source, channel, body, owner
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, i.key AS owner
FROM json_each(:identifiers) AS wanted
CROSS JOIN names AS n ON n.identifier = wanted.value AND n.owns
CROSS JOIN event AS e ON e.seq = n.event
CROSS JOIN identifier AS i ON i.id = n.identifier;
