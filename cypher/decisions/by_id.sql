-- decisions/by_id: decisions by their ids
-- :ids: JSON array of decision ids
-- returns low, high, verdict, at, by, reason
SELECT d.low, d.high, d.verdict, d.at, d.by, d.reason
FROM json_each(:ids) AS wanted CROSS JOIN decision AS d ON d.id = wanted.value;
