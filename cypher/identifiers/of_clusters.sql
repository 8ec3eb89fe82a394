-- identifiers/of_clusters: all identifiers of clusters
-- :clusters: JSON array of the ids of the clusters' anchors
-- returns key, id, first_seen, last_seen, count, set_aside, cluster, profile, contested; one row an identifier
SELECT i.key, i.id, i.first_seen, i.last_seen, i.count, i.set_aside, c.key AS cluster, p.key AS profile,
    i.contested
FROM json_each(:clusters) AS wanted
CROSS JOIN identifier AS i ON i.cluster = wanted.value
LEFT JOIN identifier AS c ON c.id = i.cluster
LEFT JOIN identifier AS p ON p.id = i.profile;
