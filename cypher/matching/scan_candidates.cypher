// matching/scan_candidates: a page of all pairs of records that resemble each other, by pair
// $after: the last low of the page before, '' for the first page; $skip: how many of its rows were given; $limit
// returns rows: list of [low, high, score, weight, band]
MATCH (low:Identifier) WHERE low.key >= $after
MATCH (low)-[c:RESEMBLES]->(high:Identifier)
WITH low, c, high ORDER BY low.key, high.key SKIP $skip LIMIT $limit
RETURN collect([low.key, high.key, c.score, c.weight, c.band]) AS rows;
