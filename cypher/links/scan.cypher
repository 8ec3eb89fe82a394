// links/scan: a page of all links, by (low, high, kind)
// $after: the last low of the page before, '' for the first page; $skip: how many of its links were given; $limit
// returns rows: list of [low, high, kind, count, first_seen (ms), last_seen (ms), sources, score],
//   by (low, high, kind)
MATCH (low:Identifier) WHERE low.key >= $after
MATCH (low)-[l:OBSERVED_WITH]->(high:Identifier)
WITH low, l, high ORDER BY low.key, high.key, l.kind SKIP $skip LIMIT $limit
RETURN collect([
  low.key, high.key, l.kind, l.count, l.first_seen.epochMillis, l.last_seen.epochMillis, l.sources, l.score
]) AS rows;
