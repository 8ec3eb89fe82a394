// members/of_clusters: all identifiers of clusters, but for those that are known already
// $clusters: list of node ids of the profiles that they are named after; $known: list of node ids
// returns rows: list of [node id, key, first_seen (ms), last_seen (ms), count, set_aside, profile (node id), its anchor
//   (key), contested, main (node id), its anchor (key)]; main: null where profile is what the cluster is named after
UNWIND $clusters AS cluster
MATCH (c:Profile) WHERE id(c) = cluster
MATCH (c)<-[:IN_CLUSTER*0..1]-(p:Profile)<-[:MEMBER_OF]-(i:Identifier)
WHERE NOT id(i) IN $known
WITH i, p, CASE WHEN p <> c THEN c END AS main
RETURN collect([
  id(i), i.key, i.first_seen.epochMillis, i.last_seen.epochMillis, i.count, i.set_aside,
  id(p), p.anchor, coalesce(p.contested, false), id(main), main.anchor
]) AS rows;
