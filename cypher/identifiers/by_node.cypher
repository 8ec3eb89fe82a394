// identifiers/by_node: identifiers, and where they belong
// $identifiers: list of node ids, each once
// returns rows: list of [node id, key, first_seen (ms), last_seen (ms), count, set_aside, profile (node id), its anchor
//   (key), contested, main (node id), its anchor (key)]; main: the profile that the cluster is named after, null where
//   profile is it; one an identifier
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
OPTIONAL MATCH (i)-[:MEMBER_OF]->(p:Profile)
OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c:Profile)
RETURN collect([
  id(i), i.key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
  id(p), p.anchor, coalesce(p.contested, false), id(c), c.anchor
]) AS rows;
