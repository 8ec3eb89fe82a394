// events/owned: all events that identifiers own
// $identifiers: list of node ids
// returns rows: list of node ids
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)<-[:NAMES {owns: true}]-(e:Event)
RETURN collect(id(e)) AS rows;
