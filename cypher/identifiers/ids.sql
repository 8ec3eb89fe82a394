-- identifiers/ids: the row ids of the keys that are known
-- :keys: JSON array of keys
-- returns id, key
SELECT i.id, i.key FROM json_each(:keys) AS wanted CROSS JOIN identifier AS i ON i.key = wanted.value;
