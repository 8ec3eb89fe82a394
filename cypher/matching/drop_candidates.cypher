// matching/drop_candidates: forget pairs of records
// $rows: list of [low (node id), high (node id)]
// returns nothing
UNWIND $rows AS row
MATCH (low:Identifier) WHERE id(low) = row[0]
MATCH (high:Identifier) WHERE id(high) = row[1]
MATCH (low)-[c:RESEMBLES]->(high)
DELETE c;
