-- events/naming: all events that name any of the identifiers, each once
-- :identifiers: JSON array of identifier ids
-- returns id, at, received_at, type, name, source, channel, body, owner (always null: not asked)
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, NULL AS owner
FROM event AS e
WHERE e.seq IN (
    SELECT n.event FROM json_each(:identifiers) AS wanted CROSS JOIN names AS n ON n.identifier = wanted.value
);
