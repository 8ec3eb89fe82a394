-- identifiers/ids: the row ids of the keys that are known
-- :hashes: JSON array of hashes of keys
-- returns key, id; others of the same hash too
SELECT i.key, i.id
FROM json_each(:hashes) AS wanted
CROSS JOIN identifier_by_hash AS h ON h.hash = wanted.value
CROSS JOIN identifier AS i ON i.id = h.id;
