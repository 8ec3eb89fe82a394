// matching/usable: the records of identifiers, with those keys that several of them have, but for any that finds too many
// $identifiers: list of node ids; $most: the most records that a key may find
// returns rows: list of [key, fields (JSON object)]; usable: list of [key (that finds), keys (of the identifiers)]
CALL () {
  UNWIND $identifiers AS identifier
  MATCH (i:Identifier) WHERE id(i) = identifier AND i.record IS NOT NULL
  RETURN collect([i.key, i.record]) AS rows
}
CALL () {
  UNWIND $identifiers AS identifier
  MATCH (i:Identifier) WHERE id(i) = identifier
  MATCH (i)-[:FOUND_BY]->(k:BlockingKey)
  WITH k, collect(i.key) AS keys
  WHERE size(keys) > 1 AND COUNT { (k)<-[:FOUND_BY]-() } <= $most
  RETURN collect([k.key, keys]) AS usable
}
RETURN rows, usable;
