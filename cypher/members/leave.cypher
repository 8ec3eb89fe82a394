// members/leave: take identifiers out of their profiles
// $identifiers: list of node ids
// returns nothing
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[m:MEMBER_OF]->(:Profile)
DELETE m;
