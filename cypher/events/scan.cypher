// events/scan: a page of all events, by id
// $after: the last id of the page before, '' for the first page; $limit
// returns rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body, owner (always null: not asked)]
MATCH (e:Event) WHERE e.id > $after
WITH e ORDER BY e.id LIMIT $limit
RETURN collect([e.id, e.at.epochMillis, e.received_at.epochMillis, e.type, e.name, e.source, e.channel, e.body, null]) AS rows;
