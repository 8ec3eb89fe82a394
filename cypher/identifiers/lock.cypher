// identifiers/lock: hold identifiers, new ones too, by write locks on what guards them: the profile that their cluster
// is named after, or the identifier itself where it is in none; then read those that are known
// $keys: list of keys, sorted
// returns new: list of [key, node id]; held: list of node ids that are locked now;
//   rows: list of [node id, key, first_seen (ms), last_seen (ms), count, set_aside, profile (node id), its anchor
//   (key), contested, main (node id), its anchor (key)]; main: the profile that the cluster is named after, null where
//   profile is it. A row whose guard is not held was moved meanwhile; judged: whether there is any decision
UNWIND $keys AS key
MERGE (i:Identifier {key: key})
WITH
  collect(CASE WHEN i.own IS NULL THEN [key, id(i)] END) AS new,
  collect(CASE WHEN i.own IS NOT NULL THEN i END) AS known
CALL (known) {
  UNWIND known AS i
  OPTIONAL MATCH (i)-[:MEMBER_OF]->(p)
  OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c)
  WITH DISTINCT coalesce(c, p, i) AS guard
  // One order for all writers, so that they do not wait for each other in a circle.
  WITH guard ORDER BY id(guard)
  // Removing a property takes the write lock even where there is none.
  REMOVE guard.lock
  WITH guard
  CALL (guard) {
    // A profile that another writer has just made can be seen before all of its members can, and is not locked by that
    // writer: but its id is, until they can.
    WITH guard WHERE guard:Profile AND guard.id IS NOT NULL
    MERGE (p:Profile {id: guard.id})
    RETURN count(p) AS there
  }
  RETURN collect(CASE WHEN there = 1 OR guard:Identifier THEN id(guard) END) AS held
}
CALL (known) {
  UNWIND known AS i
  OPTIONAL MATCH (i)-[:MEMBER_OF]->(p)
  OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c)
  RETURN collect([
    id(i), i.key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
    id(p), p.anchor, coalesce(p.contested, false), id(c), c.anchor
  ]) AS rows
}
RETURN new, held, rows, EXISTS { (:Decision) } AS judged;
