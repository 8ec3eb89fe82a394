// links/among: the links with both ends among identifiers
// $identifiers: list of node ids
// returns rows: list of [low, high, kind, count, first_seen (ms), last_seen (ms), sources, score]
UNWIND $identifiers AS identifier
MATCH (low:Identifier) WHERE id(low) = identifier
MATCH (low)-[l:OBSERVED_WITH]->(high:Identifier)
WHERE id(high) IN $identifiers
RETURN collect([
  low.key, high.key, l.kind, l.count, l.first_seen.epochMillis, l.last_seen.epochMillis, l.sources, l.score
]) AS rows;
