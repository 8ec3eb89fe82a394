-- matching/records: the records of identifiers
-- :identifiers: JSON array of identifier ids
-- returns key, fields (JSON object), keys (JSON array)
SELECT i.key, r.fields, (SELECT json_group_array(k.key) FROM record_key AS k WHERE k.identifier = r.identifier) AS keys
FROM json_each(:identifiers) AS wanted
CROSS JOIN record AS r ON r.identifier = wanted.value
CROSS JOIN identifier AS i ON i.id = r.identifier;
