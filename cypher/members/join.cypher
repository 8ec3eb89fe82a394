// members/join: put identifiers into profiles; they are in none
// $rows: list of [profile (node id), identifiers (list of node ids)]
// returns nothing
UNWIND $rows AS row
MATCH (p) WHERE id(p) = row[0]
UNWIND row[1] AS identifier
MATCH (i) WHERE id(i) = identifier
CREATE (i)-[:MEMBER_OF]->(p);
