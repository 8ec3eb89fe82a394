// traits/scan: a page of all traits, by key and name
// $after: the last key of the page before, '' for the first page; $skip: how many of its traits were given; $limit
// returns rows: list of [key, name, at (ms), event (id), source, value (JSON)]
MATCH (i:Identifier) WHERE i.key >= $after
MATCH (i)-[:HAS_TRAIT]->(t:Trait)
WITH i, t ORDER BY i.key, t.name SKIP $skip LIMIT $limit
RETURN collect([i.key, t.name, t.at.epochMillis, t.event, t.source, t.value]) AS rows;
