-- identifiers/by_key: the identifiers that are known, with the anchors of their cluster and profile
-- :hashes: JSON array of hashes of keys, each once
-- returns key, id, first_seen, last_seen, count, set_aside, cluster, profile, contested; one row a known key, others of
--   the same hash too
SELECT i.key, i.id, i.first_seen, i.last_seen, i.count, i.set_aside, c.key AS cluster, p.key AS profile,
    i.contested
FROM json_each(:hashes) AS wanted
CROSS JOIN identifier_by_hash AS h ON h.hash = wanted.value
CROSS JOIN identifier AS i ON i.id = h.id
LEFT JOIN identifier AS c ON c.id = i.cluster
LEFT JOIN identifier AS p ON p.id = i.profile;
