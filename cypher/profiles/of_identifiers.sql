-- profiles/of_identifiers: the profiles that identifiers belong to, with all that is shown of them, at one moment
-- :hashes: JSON array of hashes of keys; :traits, :refusals: 1, or 0 where these are not wanted; :events: how many of
--   the newest events of each profile
-- returns part and up to ten columns more:
--   asked, members: key, id, first_seen, last_seen, count, set_aside, cluster, profile, contested; an identifier of the
--     same hash may be among the first
--   clusters: profile, how many identifiers its cluster has
--   traits: key, name, at, event, source, value
--   events: profile, id, at, received_at, type, name, source, channel, body, owner; newest first by (at, id)
--   refusals: low, high, kind, reason, namespace; by (low, high, kind)
WITH asked AS MATERIALIZED (
    SELECT i.*
    FROM json_each(:hashes) AS wanted
    CROSS JOIN identifier_by_hash AS h ON h.hash = wanted.value
    CROSS JOIN identifier AS i ON i.id = h.id
),
profiles AS MATERIALIZED (SELECT DISTINCT cluster, profile FROM asked WHERE profile IS NOT NULL),
members AS MATERIALIZED (
    SELECT m.* FROM profiles AS p CROSS JOIN identifier AS m ON m.cluster = p.cluster AND +m.profile = p.profile
),
reach AS MATERIALIZED (
    -- No profile shows more of one identifier than it shows in all: those, and what is as old.
    SELECT m.id, m.key, m.profile, coalesce((
        SELECT n.at
        FROM names AS n
        WHERE n.identifier = m.id AND n.owns
        ORDER BY n.at DESC
        LIMIT 1 OFFSET :events - 1
    ), -9223372036854775807) AS oldest
    FROM members AS m
    WHERE :events > 0
),
newest AS (
    SELECT m.profile, m.key AS owner, n.event,
        row_number() OVER (PARTITION BY m.profile ORDER BY n.at DESC, e.id DESC) AS place
    FROM reach AS m
    CROSS JOIN names AS n ON n.identifier = m.id AND n.owns AND n.at >= m.oldest
    CROSS JOIN event AS e ON e.seq = n.event
)
SELECT 'asked' AS part, i.key, i.id, i.first_seen, i.last_seen, i.count, i.set_aside, c.key, p.key, i.contested, NULL
FROM asked AS i LEFT JOIN identifier AS c ON c.id = i.cluster LEFT JOIN identifier AS p ON p.id = i.profile
UNION ALL
SELECT 'members', m.key, m.id, m.first_seen, m.last_seen, m.count, m.set_aside, c.key, p.key, m.contested, NULL
FROM members AS m CROSS JOIN identifier AS c ON c.id = m.cluster CROSS JOIN identifier AS p ON p.id = m.profile
UNION ALL
SELECT 'clusters', p.key, (SELECT count(*) FROM identifier AS m WHERE m.cluster = wanted.cluster),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM profiles AS wanted CROSS JOIN identifier AS p ON p.id = wanted.profile
UNION ALL
SELECT 'traits', m.key, t.name, t.at, t.event, t.source, t.value, NULL, NULL, NULL, NULL
FROM members AS m CROSS JOIN trait AS t ON t.identifier = m.id
WHERE :traits
UNION ALL
SELECT * FROM (
    SELECT 'events', p.key, e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, n.owner
    FROM newest AS n CROSS JOIN event AS e ON e.seq = n.event CROSS JOIN identifier AS p ON p.id = n.profile
    WHERE n.place <= :events
    ORDER BY e.at DESC, e.id DESC
)
UNION ALL
SELECT * FROM (
    SELECT 'refusals', low.key, high.key, r.kind, r.reason, r.namespace, NULL, NULL, NULL, NULL, NULL
    FROM (
        SELECT r.* FROM members AS m CROSS JOIN refusal AS r ON r.low = m.id
        UNION
        SELECT r.* FROM members AS m CROSS JOIN refusal AS r ON r.high = m.id
    ) AS r
    CROSS JOIN identifier AS low ON low.id = r.low
    CROSS JOIN identifier AS high ON high.id = r.high
    WHERE :refusals
    ORDER BY low.key, high.key, r.kind
);
