// identifiers/scan: a page of all identifiers, by key
// $after: the last key of the page before, '' for the first page; $limit
// returns rows: list of [node id, key, first_seen (ms), last_seen (ms), count, set_aside, profile (node id), its anchor
//   (key), contested, main (node id), its anchor (key)]; main: the profile that the cluster is named after, null where
//   profile is it; by key
MATCH (i:Identifier) WHERE i.key > $after
WITH i ORDER BY i.key LIMIT $limit
OPTIONAL MATCH (i)-[:MEMBER_OF]->(p:Profile)
OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
WITH i, p, c ORDER BY i.key
RETURN collect([
  id(i), i.key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
  id(p), p.anchor, coalesce(p.contested, false), id(c), c.anchor
]) AS rows;
