-- links/pages: a page of the links of each of several profiles
-- :members: JSON array of [profile (number), key, hash of the key]; :limit: for each; :low, :high, :kind: the place that
--   the page lies behind, the ends by their own profile ids
-- returns profile, low, high, kind, count, first_seen, last_seen, sources, score, low_profile, low_set_aside,
--   high_profile, high_set_aside (profiles by the keys of their anchors), refused (reason, null), refused_namespace; by
--   (own profile id of low, that of high, kind)
WITH member AS MATERIALIZED (
    SELECT given.value ->> 0 AS profile, i.id
    FROM json_each(:members) AS given
    CROSS JOIN identifier_by_hash AS h ON h.hash = given.value ->> 2
    CROSS JOIN identifier AS i ON i.id = h.id AND i.key = given.value ->> 1
),
linked AS (
    SELECT m.profile, l.low, l.high, l.kind FROM member AS m CROSS JOIN link AS l ON l.low = m.id
    UNION
    SELECT m.profile, l.low, l.high, l.kind FROM member AS m CROSS JOIN link AS l ON l.high = m.id
),
named AS (
    SELECT linked.*, own_id(low.key) AS low_id, own_id(high.key) AS high_id
    FROM linked
    CROSS JOIN identifier AS low ON low.id = linked.low
    CROSS JOIN identifier AS high ON high.id = linked.high
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY profile ORDER BY low_id, high_id, kind) AS place
    FROM named
    WHERE (low_id, high_id, kind) > (:low, :high, :kind)
)
SELECT p.profile, low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score,
    low_anchor.key AS low_profile, low.set_aside AS low_set_aside,
    high_anchor.key AS high_profile, high.set_aside AS high_set_aside,
    r.reason AS refused, r.namespace AS refused_namespace
FROM placed AS p
CROSS JOIN link AS l ON l.low = p.low AND l.high = p.high AND l.kind = p.kind
CROSS JOIN identifier AS low ON low.id = l.low
CROSS JOIN identifier AS high ON high.id = l.high
LEFT JOIN identifier AS low_anchor ON low_anchor.id = low.profile
LEFT JOIN identifier AS high_anchor ON high_anchor.id = high.profile
LEFT JOIN refusal AS r ON r.low = l.low AND r.high = l.high AND r.kind = l.kind
WHERE p.place <= :limit
ORDER BY p.low_id, p.high_id, p.kind;
