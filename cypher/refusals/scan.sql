-- refusals/scan: every refusal
-- no parameters
-- returns low, high, kind, reason, namespace; by (low, high, kind)
SELECT low.key AS low, high.key AS high, r.kind, r.reason, r.namespace
FROM refusal AS r
JOIN identifier AS low ON low.id = r.low
JOIN identifier AS high ON high.id = r.high
ORDER BY low.key, high.key, r.kind;
