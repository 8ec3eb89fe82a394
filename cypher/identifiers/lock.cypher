// identifiers/lock: hold identifiers, new ones too, by write locks on what guards them: the profile that their cluster
// is named after, or the identifier itself where it is in none; then read them
// $keys: list of keys, sorted
// returns held: list of node ids that are locked now;
//   rows: list of [node id, key, first_seen (ms), last_seen (ms), count, set_aside, profile (node id), its anchor
//   (key), contested, main (node id), its anchor (key)]; main: the profile that the cluster is named after, null where
//   profile is it. first_seen is null where the identifier is new; a row whose guard is not held was moved meanwhile
UNWIND $keys AS key
MERGE (i:Identifier {key: key})
WITH collect(i) AS identifiers
CALL (identifiers) {
  UNWIND identifiers AS i
  OPTIONAL MATCH (i)-[:MEMBER_OF]->(p:Profile)
  OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
  WITH DISTINCT coalesce(c, p, i) AS guard
  WITH guard ORDER BY id(guard)
  // Removing a property takes the write lock even where there is none.
  REMOVE guard.lock
  RETURN collect(id(guard)) AS held
}
UNWIND identifiers AS i
OPTIONAL MATCH (i)-[:MEMBER_OF]->(p:Profile)
OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
RETURN held, collect([
  id(i), i.key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
  id(p), p.anchor, coalesce(p.contested, false), id(c), c.anchor
]) AS rows;
