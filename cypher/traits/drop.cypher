// traits/drop: forget all traits of identifiers
// $identifiers: list of node ids
// returns nothing
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[:HAS_TRAIT]->(t:Trait)
DETACH DELETE t;
