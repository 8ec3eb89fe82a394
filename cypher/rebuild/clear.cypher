// rebuild/clear: forget everything that can be computed again; several statements
// no parameters
// returns nothing
MATCH ()-[r:NAMES]->() DELETE r;
MATCH (t:Trait) DETACH DELETE t;
MATCH (p:Profile) DETACH DELETE p;
MATCH (i:Identifier) DETACH DELETE i;
