// events/by_id: events by their ids
// $ids: list of event ids
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (always null: not asked)]
UNWIND $ids AS id
MATCH (e:Event {id: id})
RETURN collect([e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, null]) AS rows;
