-- events/stored: which events are stored already
-- :hashes: JSON array of hashes of event ids
-- returns id, digest; one row a stored event, others of the same hash too
SELECT e.id, e.digest
FROM json_each(:hashes) AS wanted
CROSS JOIN event_by_hash AS h ON h.hash = wanted.value
CROSS JOIN event AS e ON e.seq = h.seq;
