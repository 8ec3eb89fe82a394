// events/own: give events to other owners, or take them away
// $rows: list of [event (id), after (node id of the identifier, null: nobody)]
// returns nothing
UNWIND $rows AS row
MATCH (e:Event {id: row[0]})
MATCH (e)-[n:NAMES]->(i:Identifier)
SET n.owns = CASE WHEN id(i) = row[1] THEN true END;
