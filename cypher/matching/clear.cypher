// matching/clear: forget records, their keys and pairs; several statements
// no parameters
// returns nothing
MATCH (i:Identifier) WHERE i.record IS NOT NULL REMOVE i.record;
MATCH ()-[c:RESEMBLES]->() DELETE c;
MATCH (k:BlockingKey) DETACH DELETE k;
