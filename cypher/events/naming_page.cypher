// events/naming_page: events
// $events: list of node ids
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (always null: not asked)]
UNWIND $events AS event
MATCH (e:Event) WHERE id(e) = event
RETURN collect([e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, null]) AS rows;
