// members/join: put identifiers into profiles; they are in none
// $rows: list of [identifier (node id), profile (node id)]
// returns nothing
UNWIND $rows AS row
MATCH (i:Identifier) WHERE id(i) = row[0]
MATCH (p:Profile) WHERE id(p) = row[1]
CREATE (i)-[:MEMBER_OF]->(p);
