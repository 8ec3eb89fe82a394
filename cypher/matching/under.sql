-- matching/under: the records that keys find, but for keys that find too many
-- :keys: JSON array; :most: the most records that a key may find
-- returns key (of the identifier), fields (JSON object), keys (JSON array): those of the given that find it
WITH usable AS MATERIALIZED (
    SELECT wanted.value AS key
    FROM json_each(:keys) AS wanted
    WHERE (SELECT count(*) FROM (SELECT 1 FROM record_key WHERE key = wanted.value LIMIT :most + 1)) <= :most
)
SELECT i.key, r.fields, json_group_array(u.key) AS keys
FROM usable AS u
CROSS JOIN record_key AS k ON k.key = u.key
CROSS JOIN record AS r ON r.identifier = k.identifier
CROSS JOIN identifier AS i ON i.id = k.identifier
GROUP BY k.identifier;
