// events/naming: all events that name any of the identifiers, each once
// $identifiers: list of node ids
// returns rows: list of node ids
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)<-[:NAMES]-(e:Event)
WITH DISTINCT e
RETURN collect(id(e)) AS rows;
