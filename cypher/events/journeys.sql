-- events/journeys: the newest events of each of several profiles, those before a place only
-- :members: JSON array of [profile (number), key, hash of the key]; :limit: for each; :at, :event: the place (time and
--   event id); :from_at, :to_at: from when on and before when; :types, :channels: JSON arrays, null where not asked
-- returns profile, id, at, received_at, type, name, source, channel, body, owner; newest first by (at, id)
WITH member AS MATERIALIZED (
    SELECT given.value ->> 0 AS profile, i.id, i.key
    FROM json_each(:members) AS given
    CROSS JOIN identifier_by_hash AS h ON h.hash = given.value ->> 2
    CROSS JOIN identifier AS i ON i.id = h.id AND i.key = given.value ->> 1
),
reach AS MATERIALIZED (
    -- Where every event counts, no page holds more of one identifier than fit into it: those, and what is as old.
    SELECT m.*, max(:from_at, CASE WHEN :types IS NULL AND :channels IS NULL THEN coalesce((
        SELECT n.at
        FROM names AS n
        WHERE n.identifier = m.id AND n.owns AND n.at < :at AND n.at < :to_at
        ORDER BY n.at DESC
        LIMIT 1 OFFSET :limit
    ), :from_at) ELSE :from_at END) AS oldest
    FROM member AS m
),
owned AS (
    SELECT m.profile, m.key AS owner, n.event,
        row_number() OVER (PARTITION BY m.profile ORDER BY e.at DESC, e.id DESC) AS place
    FROM reach AS m
    CROSS JOIN names AS n ON n.identifier = m.id AND n.owns AND n.at BETWEEN m.oldest AND min(:at, :to_at - 1)
    CROSS JOIN event AS e ON e.seq = n.event
    WHERE (e.at, e.id) < (:at, :event)
        AND (:types IS NULL OR e.type IN (SELECT value FROM json_each(:types)))
        AND (:channels IS NULL OR coalesce(e.channel, '') IN (SELECT coalesce(value, '') FROM json_each(:channels)))
)
SELECT o.profile, e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, o.owner
FROM owned AS o CROSS JOIN event AS e ON e.seq = o.event
WHERE o.place <= :limit
ORDER BY e.at DESC, e.id DESC;
