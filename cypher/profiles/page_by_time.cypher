// profiles/page_by_time: a page of profiles, by the time when they were first or last seen
// $by_last: true for last_seen, false for first_seen; $sign: 1, or -1 for the newest first; $moment, $id: the place that the
//   page lies behind: a time multiplied by the sign, and a profile id; $limit
// $known (true, false), $namespace, $trait with $value (JSON), $spans (true) with $first_from, $first_to, $last_from,
//   $last_to (ms) and $least: the filter, each null where nothing is asked; $known_namespaces: list
// returns rows: list of [id, anchor (key), first_seen (ms), last_seen (ms)], by (time, id)
MATCH (p:Profile)
WHERE ($known IS NULL OR (split(p.anchor, ':')[0] IN $known_namespaces) = $known)
  AND ($namespace IS NULL OR EXISTS { (p)<-[:MEMBER_OF]-(:Identifier {namespace: $namespace}) })
  AND ($trait IS NULL OR EXISTS {
    (p)<-[:MEMBER_OF]-(:Identifier)-[:HAS_TRAIT]->(:Trait {name: $trait, value: $value})
  })
CALL (p) {
  MATCH (p)<-[:MEMBER_OF]-(m:Identifier)
  RETURN min(m.first_seen).epochMillis AS first_seen, max(m.last_seen).epochMillis AS last_seen, count(m) AS identifiers
}
WITH p, first_seen, last_seen, identifiers, $sign * CASE WHEN $by_last THEN last_seen ELSE first_seen END AS value
WHERE (value > $moment OR (value = $moment AND p.id > $id)) AND identifiers > 0 AND ($spans IS NULL OR (
  first_seen >= $first_from AND first_seen < $first_to AND last_seen >= $last_from AND last_seen < $last_to
  AND identifiers >= $least
))
WITH p, first_seen, last_seen, value ORDER BY value, p.id LIMIT $limit
RETURN collect([p.id, p.anchor, first_seen, last_seen]) AS rows;
