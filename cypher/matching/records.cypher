// matching/records: the records of identifiers
// $identifiers: list of node ids
// returns rows: list of [key, fields (JSON object), keys]
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier AND i.record IS NOT NULL
RETURN collect([i.key, i.record, [(i)-[:FOUND_BY]->(k:BlockingKey) | k.key]]) AS rows;
