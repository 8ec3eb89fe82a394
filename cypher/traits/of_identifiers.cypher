// traits/of_identifiers: the last write of each trait at identifiers
// $identifiers: list of node ids
// returns rows: list of [key, name, at (ms), event (id), source, value (JSON)]
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[:HAS_TRAIT]->(t:Trait)
RETURN collect([i.key, t.name, t.at.epochMillis, t.event, t.source, t.value]) AS rows;
