-- refusals/of_identifiers: the refusals with at least one end among identifiers
-- :identifiers: JSON array of identifier ids
-- returns low, high, kind, reason, namespace; by (low, high, kind)
WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(:identifiers))
SELECT low.key AS low, high.key AS high, r.kind, r.reason, r.namespace
FROM (
    SELECT r.* FROM wanted CROSS JOIN refusal AS r ON r.low = wanted.id
    UNION
    SELECT r.* FROM wanted CROSS JOIN refusal AS r ON r.high = wanted.id
) AS r
CROSS JOIN identifier AS low ON low.id = r.low
CROSS JOIN identifier AS high ON high.id = r.high
ORDER BY low.key, high.key, r.kind;
