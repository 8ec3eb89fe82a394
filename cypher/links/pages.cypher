// links/pages: a page of the links of each of several profiles
// $profiles: list of lists of keys; $limit: for each; $low, $high, $kind: the place that the page lies behind, the ends by
//   their own profile ids
// returns rows: list of [profile (number), links], links by (own profile id of low, that of high, kind) as
//   [low, high, kind, count, first_seen (ms), last_seen (ms), sources, score, low_profile, low_set_aside, high_profile,
//   high_set_aside (profiles by the keys of their anchors), refused (reason, null), refused_namespace]
UNWIND range(0, size($profiles) - 1) AS number
CALL (number) {
  UNWIND $profiles[number] AS key
  MATCH (i:Identifier {key: key})
  MATCH (i)-[l:OBSERVED_WITH]-(:Identifier)
  WITH DISTINCT l
  WITH l, startNode(l) AS low, endNode(l) AS high
  WHERE low.own > $low OR (low.own = $low AND (high.own > $high OR (high.own = $high AND l.kind > $kind)))
  WITH l, low, high ORDER BY low.own, high.own, l.kind LIMIT $limit
  OPTIONAL MATCH (low)-[:MEMBER_OF]->(low_profile:Profile)
  OPTIONAL MATCH (high)-[:MEMBER_OF]->(high_profile:Profile)
  WITH l, low, high, low_profile, high_profile ORDER BY low.own, high.own, l.kind
  RETURN collect([
    low.key, high.key, l.kind, l.count, l.first_seen.epochMillis, l.last_seen.epochMillis, l.sources, l.score,
    low_profile.anchor, low.set_aside, high_profile.anchor, high.set_aside, l.refused, l.refused_namespace
  ]) AS links
}
RETURN collect([number, links]) AS rows;
