// events/nodes: the nodes of stored events
// $ids: list of event ids
// returns rows: list of [id, node id]; one a stored event
UNWIND $ids AS id
MATCH (e:Event {id: id})
RETURN collect([id, id(e)]) AS rows;
