// events/owned_page: events, and who owns them
// $events: list of node ids
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (key)]
UNWIND $events AS event
MATCH (e:Event) WHERE id(e) = event
MATCH (e)-[:NAMES {owns: true}]->(i:Identifier)
RETURN collect(
  [e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, i.key]
) AS rows;
