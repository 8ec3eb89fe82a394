// matching/crowds: how many records each of some keys finds
// $keys: list; $most: where to stop counting
// returns rows: list of [key, count]
UNWIND $keys AS key
OPTIONAL MATCH (k:BlockingKey {key: key})
WITH key, CASE WHEN k IS NULL THEN 0 ELSE COUNT { (k)<-[:FOUND_BY]-() } END AS count
RETURN collect([key, CASE WHEN count > $most THEN $most ELSE count END]) AS rows;
