// members/join: put identifiers into profiles; they are in none
// $rows: list of [profile (node id), identifiers (list of node ids), the sum of their checksums]
// returns nothing
UNWIND $rows AS row
MATCH (p) WHERE id(p) = row[0]
SET p.members_sum = coalesce(p.members_sum, 0) + row[2]
WITH p, row
UNWIND row[1] AS identifier
MATCH (i) WHERE id(i) = identifier
CREATE (i)-[:MEMBER_OF]->(p);
