// links/of_identifiers: the links with at least one end among identifiers
// $identifiers: list of node ids; $limit
// returns rows: list of [low, high, kind, count, first_seen (ms), last_seen (ms), sources, score],
//   newest first, then by pair
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[l:OBSERVED_WITH]-(:Identifier)
WITH DISTINCT l
WITH l, startNode(l) AS low, endNode(l) AS high
ORDER BY l.last_seen DESC, low.key, high.key LIMIT $limit
RETURN collect([
  low.key, high.key, l.kind, l.count, l.first_seen.epochMillis, l.last_seen.epochMillis, l.sources, l.score
]) AS rows;
