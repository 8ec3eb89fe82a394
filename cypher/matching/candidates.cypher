// matching/candidates: the pairs of records that resemble each other, with at least one end among identifiers
// $identifiers: list of node ids
// returns rows: list of [low, high, score, weight, band]
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[c:RESEMBLES]-(:Identifier)
WITH DISTINCT c
WITH c, startNode(c) AS low, endNode(c) AS high
RETURN collect([low.key, high.key, c.score, c.weight, c.band]) AS rows;
