-- identifiers/scan: every identifier
-- no parameters
-- returns key, id, first_seen, last_seen, count, set_aside, cluster, profile, contested; by key
SELECT i.key, i.id, i.first_seen, i.last_seen, i.count, i.set_aside, c.key AS cluster, p.key AS profile,
    i.contested
FROM identifier AS i
LEFT JOIN identifier AS c ON c.id = i.cluster
LEFT JOIN identifier AS p ON p.id = i.profile
ORDER BY i.key;
