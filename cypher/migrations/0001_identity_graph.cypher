// migrations/0001_identity_graph: what is unique, and what is looked up; several statements, each safe to run again
// no parameters
// returns nothing
CREATE CONSTRAINT note_name IF NOT EXISTS FOR (n:Note) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (i:Identifier) REQUIRE i.key IS UNIQUE;
CREATE CONSTRAINT identifier_own IF NOT EXISTS FOR (i:Identifier) REQUIRE i.own IS UNIQUE;
CREATE CONSTRAINT event_id IF NOT EXISTS FOR (e:Event) REQUIRE e.id IS UNIQUE;
CREATE CONSTRAINT profile_id IF NOT EXISTS FOR (p:Profile) REQUIRE p.id IS UNIQUE;
CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (d:Decision) REQUIRE d.id IS UNIQUE;
CREATE INDEX decision_low IF NOT EXISTS FOR (d:Decision) ON (d.low);
CREATE INDEX decision_high IF NOT EXISTS FOR (d:Decision) ON (d.high);
// Removing a property locks its node only if some property has that name.
CALL db.createProperty('lock');
