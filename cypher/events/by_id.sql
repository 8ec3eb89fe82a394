-- events/by_id: events by their ids
-- :hashes: JSON array of hashes of event ids
-- returns id, at, received_at, type, name, source, channel, body, owner (always null: not asked); others of the same
--   hash too
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, NULL AS owner
FROM json_each(:hashes) AS wanted
CROSS JOIN event_by_hash AS h ON h.hash = wanted.value
CROSS JOIN event AS e ON e.seq = h.seq;
