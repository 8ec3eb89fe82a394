-- matching/crowds: how many records each of some keys finds
-- :keys: JSON array; :most: where to stop counting
-- returns key, count
SELECT wanted.value AS key, (
    SELECT count(*) FROM (SELECT 1 FROM record_key WHERE key = wanted.value LIMIT :most)
) AS count
FROM json_each(:keys) AS wanted;
