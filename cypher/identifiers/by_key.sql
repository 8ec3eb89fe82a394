-- identifiers/by_key: the identifiers that are known, with the anchors of their cluster and profile
-- :keys: JSON array of keys, each once
-- returns id, key, first_seen, last_seen, count, set_aside, cluster, profile, contested; one row a known key
SELECT i.id, i.key, i.first_seen, i.last_seen, i.count, i.set_aside, c.key AS cluster, p.key AS profile,
    i.contested
FROM json_each(:keys) AS wanted
CROSS JOIN identifier AS i ON i.key = wanted.value
LEFT JOIN identifier AS c ON c.id = i.cluster
LEFT JOIN identifier AS p ON p.id = i.profile;
