// profiles/enter_cluster: put profiles into clusters
// $rows: list of [profile (node id), main (node id of the profile that the cluster is named after, or the same),
//   contested (true or null)]
// returns nothing
UNWIND $rows AS row
MATCH (p:Profile) WHERE id(p) = row[0]
SET p.contested = row[2]
WITH p, row
OPTIONAL MATCH (p)-[was:IN_CLUSTER]->(:Profile)
DELETE was
WITH DISTINCT p, row
WHERE row[0] <> row[1]
MATCH (c:Profile) WHERE id(c) = row[1]
CREATE (p)-[:IN_CLUSTER]->(c);
