// matching/put_candidates: write pairs of records that resemble each other
// $rows: list of [low (node id), high (node id), score, weight, band]
// returns nothing
UNWIND $rows AS row
MATCH (low:Identifier) WHERE id(low) = row[0]
MATCH (high:Identifier) WHERE id(high) = row[1]
MERGE (low)-[c:RESEMBLES]->(high)
SET c.score = row[2], c.weight = row[3], c.band = row[4];
