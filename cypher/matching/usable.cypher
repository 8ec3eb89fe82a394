// matching/usable: the records of identifiers, with their keys but for those that find too many
// $identifiers: list of node ids; $most: the most records that a key may find
// returns rows: list of [key, fields (JSON object), keys]
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier AND i.record IS NOT NULL
RETURN collect([
  i.key, i.record, [(i)-[:FOUND_BY]->(k:BlockingKey) WHERE COUNT { (k)<-[:FOUND_BY]-() } <= $most | k.key]
]) AS rows;
