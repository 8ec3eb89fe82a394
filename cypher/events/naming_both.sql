-- events/naming_both: the newest events that named two identifiers together
-- :low, :high: ids of identifiers; :limit
-- returns id, at, received_at, type, name, source, channel, body, owner (always null: not asked); newest first by (at, id)
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, NULL AS owner
FROM names AS a
CROSS JOIN names AS b ON b.identifier = :high AND b.at = a.at AND b.event = a.event
CROSS JOIN event AS e ON e.seq = a.event
WHERE a.identifier = :low
ORDER BY e.at DESC, e.id DESC
LIMIT :limit;
