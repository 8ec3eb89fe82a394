// events/located: the newest events of each of several profiles that tell a latitude
// $profiles: list of lists of keys; $limit: for each
// returns rows: list of [profile (number), events], events newest first by (at, id) as
//   [id, at (ms), received_at (ms), type, name, source, channel, body, owner (key)]
UNWIND range(0, size($profiles) - 1) AS number
CALL (number) {
  UNWIND $profiles[number] AS key
  MATCH (i:Identifier {key: key})
  MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
  WHERE e.body CONTAINS '"latitude"'
  WITH i, e ORDER BY e.at DESC, e.id DESC LIMIT $limit
  RETURN collect([
    e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, i.key
  ]) AS events
}
RETURN collect([number, events]) AS rows;
