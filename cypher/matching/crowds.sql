-- matching/crowds: how many records each of some keys finds
-- :keys: JSON array
-- returns key, count
SELECT wanted.value AS key, (SELECT count(*) FROM record_key WHERE key = wanted.value) AS count
FROM json_each(:keys) AS wanted;
