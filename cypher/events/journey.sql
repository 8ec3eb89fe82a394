-- events/journey: the newest events that identifiers own, those before a place only
-- :identifiers: JSON array of identifier ids; :at, :event: the place (time and event id); :limit
-- returns id, at, received_at, type, name, source, channel, body, owner; newest first by (at, id)
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, i.key AS owner
FROM json_each(:identifiers) AS wanted
CROSS JOIN names AS n ON n.identifier = wanted.value AND n.owns AND n.at <= :at
CROSS JOIN event AS e ON e.seq = n.event
CROSS JOIN identifier AS i ON i.id = n.identifier
WHERE (e.at, e.id) < (:at, :event)
ORDER BY e.at DESC, e.id DESC
LIMIT :limit;
