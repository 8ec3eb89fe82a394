-- matching/linked: for each identifier the one of each of some namespaces that it was named with last
-- :identifiers: JSON array of identifier ids; :namespaces: JSON array
-- returns key, other (a key); blocked ones are left out; of several the newest, the most often named, the smallest key
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT key, other
FROM (
    SELECT i.key, other.key AS other,
        row_number() OVER (
            PARTITION BY i.id, other.namespace ORDER BY l.last_seen DESC, l.count DESC, other.key
        ) AS place
    FROM (
        SELECT wanted.id, l.high AS other, l.last_seen, l.count
        FROM wanted CROSS JOIN link AS l ON l.low = wanted.id AND l.kind = 'observed'
        UNION ALL
        SELECT wanted.id, l.low AS other, l.last_seen, l.count
        FROM wanted CROSS JOIN link AS l ON l.high = wanted.id AND l.kind = 'observed'
    ) AS l
    CROSS JOIN identifier AS i ON i.id = l.id
    CROSS JOIN identifier AS other ON other.id = l.other
    WHERE other.set_aside IS NOT 'blocked'
        AND other.namespace IN (SELECT value FROM json_each(:namespaces))
        AND other.namespace <> i.namespace
)
WHERE place = 1;
