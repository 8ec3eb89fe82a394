-- links/among: the links with both ends among identifiers
-- :identifiers: JSON array of identifier ids
-- returns low, high, kind, count, first_seen, last_seen, sources, score
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score
FROM wanted
CROSS JOIN link AS l ON l.low = wanted.id
CROSS JOIN identifier AS low ON low.id = l.low
CROSS JOIN identifier AS high ON high.id = l.high
-- The plus keeps SQLite from looking up every high for every low.
WHERE +l.high IN (SELECT id FROM wanted);
