// refusals/scan: a page of all refusals, by (low, high, kind)
// $after: the last low of the page before, '' for the first page; $skip: how many of its refusals were given; $limit
// returns rows: list of [low, high, kind, reason, namespace], by (low, high, kind)
MATCH (low:Identifier) WHERE low.key >= $after
MATCH (low)-[r:REFUSED]->(high:Identifier)
WITH low, r, high ORDER BY low.key, high.key, r.kind SKIP $skip LIMIT $limit
RETURN collect([low.key, high.key, r.kind, r.reason, r.namespace]) AS rows;
