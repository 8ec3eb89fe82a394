// events/naming_both: the newest events that named two identifiers together
// $low, $high: node ids; $limit
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (always null: not asked)],
//   newest first by (at, id)
MATCH (low:Identifier) WHERE id(low) = $low
MATCH (high:Identifier) WHERE id(high) = $high
// From the one that fewer events name: the other may be in every event.
WITH CASE WHEN COUNT { (low)<-[:NAMES]-() } <= COUNT { (high)<-[:NAMES]-() } THEN [low, high] ELSE [high, low] END AS ends
WITH ends[0] AS seldom, ends[1] AS often
MATCH (seldom)<-[:NAMES]-(e:Event)
WHERE EXISTS { (e)-[:NAMES]->(often) }
WITH e ORDER BY e.at DESC, e.id DESC LIMIT $limit
RETURN collect([e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, null]) AS rows;
