-- matching/usable: the records of identifiers, with those keys that several of them have, but for any that finds too many
-- :identifiers: JSON array of identifier ids; :most: the most records that a key may find
-- returns key, fields (JSON object), keys (JSON array)
WITH usable AS MATERIALIZED (
    SELECT held.key
    FROM (
        SELECT k.key
        FROM json_each(:identifiers) AS wanted
        CROSS JOIN record_key AS k ON k.identifier = wanted.value
        GROUP BY k.key
        HAVING count(*) > 1
    ) AS held
    WHERE (SELECT count(*) FROM (SELECT 1 FROM record_key WHERE key = held.key LIMIT :most + 1)) <= :most
)
SELECT i.key, r.fields, (
    SELECT json_group_array(k.key) FROM record_key AS k
    WHERE k.identifier = r.identifier AND k.key IN (SELECT key FROM usable)
) AS keys
FROM json_each(:identifiers) AS wanted
CROSS JOIN record AS r ON r.identifier = wanted.value
CROSS JOIN identifier AS i ON i.id = r.identifier;
