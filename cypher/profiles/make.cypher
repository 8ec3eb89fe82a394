// profiles/make: see that profiles are there
// $rows: list of [id, anchor (key)], sorted
// returns rows: list of [anchor, node id, cluster (the anchor of the profile that its cluster is named after), contested]
UNWIND $rows AS row
MERGE (p:Profile {id: row[0]})
ON CREATE SET p.anchor = row[1]
WITH p
OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
RETURN collect([p.anchor, id(p), coalesce(c.anchor, p.anchor), coalesce(p.contested, false)]) AS rows;
