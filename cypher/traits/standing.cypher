// traits/standing: which write stands for traits of identifiers
// $rows: list of [identifier (node id), name]
// returns rows: list of [identifier (node id), name, trait (node id), at (ms), event (id)]
UNWIND $rows AS row
MATCH (i) WHERE id(i) = row[0]
MATCH (i)-[:HAS_TRAIT]->(t:Trait {name: row[1]})
RETURN collect([row[0], row[1], id(t), t.at.epochMillis, t.event]) AS rows;
