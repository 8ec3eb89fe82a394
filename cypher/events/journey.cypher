// events/journey: the newest events that identifiers own, those before a place only
// $identifiers: list of node ids; $at (ms), $event: the place (time and event id), null: none; $limit
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, body, owner (key)], newest first by (at, id)
OPTIONAL MATCH (last:Event {id: $event})
// Strings from the store are ordered by code point, those from a parameter by UTF-16 unit.
WITH datetime.fromEpochMillis($at) AS at, coalesce(last.id, $event) AS event
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
WHERE at IS NULL OR e.at < at OR (e.at = at AND e.id < event)
WITH e, i ORDER BY e.at DESC, e.id DESC LIMIT $limit
RETURN collect(
  [e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.body, i.key]
) AS rows;
