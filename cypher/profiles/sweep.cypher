// profiles/sweep: remove those profiles that nobody is a member of any more
// $profiles: list of node ids
// returns nothing
UNWIND $profiles AS profile
MATCH (p:Profile) WHERE id(p) = profile AND NOT EXISTS { (p)<-[:MEMBER_OF|IN_CLUSTER]-() }
DETACH DELETE p;
