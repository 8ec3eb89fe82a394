-- decisions/on_identifiers: all decisions on pairs with at least one end among keys
-- :keys: JSON array of keys
-- returns low, high, verdict, at, by, reason
WITH wanted AS MATERIALIZED (SELECT value AS key FROM json_each(:keys))
SELECT d.low, d.high, d.verdict, d.at, d.by, d.reason FROM wanted CROSS JOIN decision AS d ON d.low = wanted.key
UNION
SELECT d.low, d.high, d.verdict, d.at, d.by, d.reason FROM wanted CROSS JOIN decision AS d ON d.high = wanted.key;
