// commits/prune: forget the oldest commits
// $last (the number of the last one to forget); $limit
// returns nothing
MATCH (c:Commit) WHERE c.seq <= $last
WITH c ORDER BY c.seq LIMIT $limit
DELETE c;
