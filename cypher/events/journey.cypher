// events/journey: the newest events that identifiers own, those up to a time only
// $identifiers: list of node ids; $at: the time (ms), null: any; $limit
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (key)], newest first by (at, id)
WITH CASE WHEN $at IS NOT NULL THEN datetime.fromEpochMillis($at) END AS at
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
WHERE at IS NULL OR e.at <= at
WITH e, i ORDER BY e.at DESC, e.id DESC LIMIT $limit
RETURN collect(
  [e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, i.key]
) AS rows;
