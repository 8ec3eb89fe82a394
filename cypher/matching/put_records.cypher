// matching/put_records: write records, and let keys find them, each in place of that of its identifier
// $rows: list of [identifier (node id), fields (JSON object), list of keys, which are locked]
// returns nothing
UNWIND $rows AS row
MATCH (i:Identifier) WHERE id(i) = row[0]
SET i.record = row[1]
WITH i, row
CALL (i) {
  MATCH (i)-[u:FOUND_BY]->(:BlockingKey)
  DELETE u
}
UNWIND row[2] AS key
MATCH (k:BlockingKey {key: key})
CREATE (i)-[:FOUND_BY]->(k);
