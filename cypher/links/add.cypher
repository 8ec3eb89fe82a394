// links/add: add evidence to links, new or not: counts add up, times widen, sources unite
// $rows: list of [low (node id), high (node id), kind, count, first_seen (ms), last_seen (ms), sources, score]
// returns nothing
UNWIND $rows AS row
MATCH (low) WHERE id(low) = row[0]
MATCH (high) WHERE id(high) = row[1]
MERGE (low)-[l:OBSERVED_WITH {kind: row[2]}]->(high)
ON CREATE SET
  l.count = row[3], l.first_seen = datetime.fromEpochMillis(row[4]), l.last_seen = datetime.fromEpochMillis(row[5]),
  l.sources = row[6], l.score = row[7]
ON MATCH SET
  l.count = l.count + row[3],
  l.first_seen = CASE WHEN row[4] < l.first_seen.epochMillis THEN datetime.fromEpochMillis(row[4]) ELSE l.first_seen END,
  l.last_seen = CASE WHEN row[5] > l.last_seen.epochMillis THEN datetime.fromEpochMillis(row[5]) ELSE l.last_seen END,
  l.sources = l.sources + [source IN row[6] WHERE NOT source IN l.sources],
  l.score = CASE WHEN l.score > row[7] THEN l.score ELSE coalesce(row[7], l.score) END;
