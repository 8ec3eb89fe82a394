// refusals/of_identifiers: the refusals with at least one end among identifiers
// $identifiers: list of node ids
// returns rows: list of [low, high, kind, reason, namespace], by (low, high, kind)
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[r:REFUSED]-(:Identifier)
WITH DISTINCT r
WITH r, startNode(r) AS low, endNode(r) AS high
ORDER BY low.key, high.key, r.kind
RETURN collect([low.key, high.key, r.kind, r.reason, r.namespace]) AS rows;
