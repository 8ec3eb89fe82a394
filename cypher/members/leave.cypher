// members/leave: take identifiers out of their profiles
// $rows: list of [profile (node id), identifiers (list of node ids), the sum of their checksums]
// returns nothing
UNWIND $rows AS row
MATCH (p) WHERE id(p) = row[0]
SET p.members_sum = p.members_sum - row[2]
WITH row
UNWIND row[1] AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[m:MEMBER_OF]->(:Profile)
DELETE m;
