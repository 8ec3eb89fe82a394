// matching/crowds: how many records each of some keys finds
// $keys: list
// returns rows: list of [key, count]
UNWIND $keys AS key
OPTIONAL MATCH (k:BlockingKey {key: key})
WITH key, CASE WHEN k IS NULL THEN 0 ELSE COUNT { (k)<-[:FOUND_BY]-() } END AS count
RETURN collect([key, count]) AS rows;
