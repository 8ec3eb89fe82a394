// matching/scan_records: a page of all records, by key
// $after: the last key of the page before, '' for the first page; $skip: how many of its rows were given; $limit
// returns rows: list of [key, fields (JSON object), keys]
MATCH (i:Identifier) WHERE i.key >= $after AND i.record IS NOT NULL
WITH i ORDER BY i.key SKIP $skip LIMIT $limit
RETURN collect([i.key, i.record, [(i)-[:FOUND_BY]->(k:BlockingKey) | k.key]]) AS rows;
