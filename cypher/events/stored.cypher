// events/stored: which events are stored already
// $ids: list of event ids
// returns rows: list of [id, digest (hexadecimal)]; one a stored event
UNWIND $ids AS id
MATCH (e:Event {id: id})
RETURN collect([id, e.digest]) AS rows;
