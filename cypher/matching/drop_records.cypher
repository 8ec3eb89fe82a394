// matching/drop_records: forget the records of identifiers
// $identifiers: list of node ids
// returns nothing
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
REMOVE i.record
WITH i
MATCH (i)-[u:FOUND_BY]->(:BlockingKey)
DELETE u;
