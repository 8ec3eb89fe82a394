-- events/sessions: the newest sessions of each of several profiles, those that began before a moment only
-- :members: JSON array of [profile (number), key, hash of the key]; :limit: for each; :silence (ms): how long nothing
--   happens between two sessions; :before: the moment; :from_at, :to_at: from when on and before when events count;
--   :types, :channels: JSON arrays, null where not asked
-- returns profile, start, end, events, source and channel of the first event, first_event, last_event (names, or types
--   where there is no name); newest first
WITH owned AS (
    SELECT given.value ->> 0 AS profile, e.at, e.id, coalesce(e.name, e.type) AS name, e.source, e.channel
    FROM json_each(:members) AS given
    CROSS JOIN identifier_by_hash AS h ON h.hash = given.value ->> 2
    CROSS JOIN identifier AS i ON i.id = h.id AND i.key = given.value ->> 1
    CROSS JOIN names AS n ON n.identifier = i.id AND n.owns AND n.at >= :from_at AND n.at < min(:before, :to_at)
    CROSS JOIN event AS e ON e.seq = n.event
    WHERE (:types IS NULL OR e.type IN (SELECT value FROM json_each(:types)))
        AND (:channels IS NULL OR coalesce(e.channel, '') IN (SELECT coalesce(value, '') FROM json_each(:channels)))
),
parted AS (
    SELECT *, at - lag(at, 1, at - :silence) OVER (PARTITION BY profile ORDER BY at, id) >= :silence AS begins
    FROM owned
),
numbered AS (
    SELECT *, sum(begins) OVER (PARTITION BY profile ORDER BY at, id) AS number FROM parted
),
told AS (
    SELECT profile, at AS start, max(at) OVER session AS "end", count(*) OVER session AS events, source, channel,
        name AS first_event, last_value(name) OVER session AS last_event, begins
    FROM numbered
    WINDOW session AS (
        PARTITION BY profile, number ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY profile ORDER BY start DESC) AS place FROM told WHERE begins
)
SELECT profile, start, "end", events, source, channel, first_event, last_event
FROM placed
WHERE place <= :limit
ORDER BY start DESC;
