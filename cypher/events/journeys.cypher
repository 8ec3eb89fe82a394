// events/journeys: the newest events of each of several profiles, those before a place only
// $profiles: list of lists of keys; $limit: for each; $at (ms), $event: the place (time and event id); $from_at, $to_at
//   (ms): from when on and before when; $types, $channels: lists, null where not asked ('' is no channel)
// returns rows: list of [profile (number), events], events newest first by (at, id) as
//   [id, at (ms), received_at (ms), type, name, source, channel, body, owner (key)]
// The stored text of the place is compared by code point, as the order is, but the parameter by UTF-16 unit; and a node
// that the index found by a parameter has that for its id.
OPTIONAL MATCH (found:Event {id: $event})
WITH id(found) AS node
OPTIONAL MATCH (e) WHERE id(e) = node
WITH coalesce(e.id, $event) AS last
UNWIND range(0, size($profiles) - 1) AS number
CALL (number, last) {
  UNWIND $profiles[number] AS key
  MATCH (i:Identifier {key: key})
  MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
  WITH i, e, e.at.epochMillis AS at
  WHERE at >= $from_at AND at < $to_at AND (at < $at OR (at = $at AND e.id < last))
    AND ($types IS NULL OR e.type IN $types)
    AND ($channels IS NULL OR coalesce(e.channel, '') IN $channels)
  WITH i, e, at ORDER BY e.at DESC, e.id DESC LIMIT $limit
  RETURN collect([e.id, at, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, i.key]) AS events
}
RETURN collect([number, events]) AS rows;
