// events/name: record which identifiers events name
// $rows: list of [event (node id), identifiers (list of node ids), owner (node id, null: nobody)]
// returns nothing
UNWIND $rows AS row
MATCH (e) WHERE id(e) = row[0]
UNWIND row[1] AS identifier
MATCH (i) WHERE id(i) = identifier
CREATE (e)-[:NAMES {owns: CASE WHEN identifier = row[2] THEN true END}]->(i);
