// events/scan_names: what a page of all events, by id, names
// $after: the last event id of the page before, '' for the first page; $limit: of events
// returns rows: list of [event (id), key, owns]; [event, null, false] for an event without names
MATCH (e:Event) WHERE e.id > $after
WITH e ORDER BY e.id LIMIT $limit
OPTIONAL MATCH (e)-[n:NAMES]->(i:Identifier)
WITH e, n, i ORDER BY e.id
RETURN collect([e.id, i.key, coalesce(n.owns, false)]) AS rows;
