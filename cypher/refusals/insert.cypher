// refusals/insert: record refusals, on the links too
// $rows: list of [low (node id), high (node id), kind, reason, namespace]
// returns nothing
UNWIND $rows AS row
MATCH (low:Identifier) WHERE id(low) = row[0]
MATCH (high:Identifier) WHERE id(high) = row[1]
CREATE (low)-[:REFUSED {kind: row[2], reason: row[3], namespace: row[4]}]->(high)
WITH low, high, row
MATCH (low)-[l:OBSERVED_WITH {kind: row[2]}]->(high)
SET l.refused = row[3], l.refused_namespace = row[4];
