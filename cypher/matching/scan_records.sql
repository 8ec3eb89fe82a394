-- matching/scan_records: every record
-- no parameters
-- returns key, fields (JSON object), keys (JSON array)
SELECT i.key, r.fields, (SELECT json_group_array(k.key) FROM record_key AS k WHERE k.identifier = r.identifier) AS keys
FROM record AS r
CROSS JOIN identifier AS i ON i.id = r.identifier
ORDER BY i.key;
