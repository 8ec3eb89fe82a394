// traits/create: record traits that identifiers do not have yet
// $rows: list of [identifier (node id), name, at (ms), event (id), source, value (JSON)]
// returns nothing
UNWIND $rows AS row
MATCH (i) WHERE id(i) = row[0]
CREATE (i)-[:HAS_TRAIT]->(:Trait {
  name: row[1], at: datetime.fromEpochMillis(row[2]), event: row[3], source: row[4], value: row[5]
});
