-- links/of_identifiers: the links with at least one end among identifiers
-- :identifiers: JSON array of identifier ids; :limit
-- returns low, high, kind, count, first_seen, last_seen, sources, score; newest first, then by pair
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score
FROM (
    SELECT l.* FROM wanted CROSS JOIN link AS l ON l.low = wanted.id
    UNION
    SELECT l.* FROM wanted CROSS JOIN link AS l ON l.high = wanted.id
) AS l
CROSS JOIN identifier AS low ON low.id = l.low
CROSS JOIN identifier AS high ON high.id = l.high
ORDER BY l.last_seen DESC, low.key, high.key
LIMIT :limit;
