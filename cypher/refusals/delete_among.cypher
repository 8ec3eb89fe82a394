// refusals/delete_among: forget the refusals that begin at identifiers
// $identifiers: list of node ids
// returns nothing
UNWIND $identifiers AS identifier
MATCH (low:Identifier) WHERE id(low) = identifier
MATCH (low)-[r:REFUSED]->(high:Identifier)
OPTIONAL MATCH (low)-[l:OBSERVED_WITH {kind: r.kind}]->(high)
REMOVE l.refused, l.refused_namespace
DELETE r;
