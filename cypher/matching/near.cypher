// matching/near: what ties identifiers to others: pairs of records and decisions with at least one end among them, and
//   the matched links that begin at them
// $identifiers: list of node ids; $keys: list of their keys
// returns candidates: list of [low, high, score, weight, band]; decisions: list of [low, high, verdict, at (ms), by,
//   reason]; matched: list of [low, high, kind, count, first_seen (ms), last_seen (ms), sources, score]; each once
CALL () {
  UNWIND $identifiers AS identifier
  MATCH (i:Identifier) WHERE id(i) = identifier
  MATCH (i)-[c:RESEMBLES]-(:Identifier)
  WITH DISTINCT c
  RETURN collect([startNode(c).key, endNode(c).key, c.score, c.weight, c.band]) AS candidates
}
CALL () {
  UNWIND $identifiers AS identifier
  MATCH (i:Identifier) WHERE id(i) = identifier
  MATCH (i)-[l:OBSERVED_WITH {kind: 'matched'}]->(high:Identifier)
  RETURN collect([
    i.key, high.key, l.kind, l.count, l.first_seen.epochMillis, l.last_seen.epochMillis, l.sources, l.score
  ]) AS matched
}
CALL () {
  CALL () {
    UNWIND $keys AS key
    MATCH (d:Decision {low: key})
    RETURN d
    UNION
    UNWIND $keys AS key
    MATCH (d:Decision {high: key})
    RETURN d
  }
  RETURN collect([d.low, d.high, d.verdict, d.at.epochMillis, d.by, d.reason]) AS decisions
}
RETURN candidates, decisions, matched;
