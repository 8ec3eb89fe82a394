-- matching/links: the matched links with at least one end among identifiers
-- :identifiers: JSON array of identifier ids
-- returns low, high, kind, count, first_seen, last_seen, sources (JSON array), score
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score
FROM (
    SELECT l.* FROM wanted CROSS JOIN link AS l ON l.low = wanted.id AND l.kind = 'matched'
    UNION ALL
    SELECT l.* FROM wanted CROSS JOIN link AS l ON l.high = wanted.id AND l.kind = 'matched'
    WHERE l.low NOT IN (SELECT id FROM wanted)
) AS l
CROSS JOIN identifier AS low ON low.id = l.low
CROSS JOIN identifier AS high ON high.id = l.high;
