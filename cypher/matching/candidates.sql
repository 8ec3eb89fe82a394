-- matching/candidates: the pairs of records that resemble each other, with at least one end among identifiers
-- :identifiers: JSON array of identifier ids
-- returns low, high, score, weight, band
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT low.key AS low, high.key AS high, c.score, c.weight, c.band
FROM (
    SELECT c.* FROM wanted CROSS JOIN candidate AS c ON c.low = wanted.id
    UNION ALL
    SELECT c.* FROM wanted CROSS JOIN candidate AS c ON c.high = wanted.id
    WHERE c.low NOT IN (SELECT id FROM wanted)
) AS c
CROSS JOIN identifier AS low ON low.id = c.low
CROSS JOIN identifier AS high ON high.id = c.high;
