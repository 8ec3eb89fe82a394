// links/put_matched: write matched links, each in place of that of its pair
// $rows: list of [low (node id), high (node id), count, first_seen (ms), last_seen (ms), sources, score]
// returns nothing
UNWIND $rows AS row
MATCH (low) WHERE id(low) = row[0]
MATCH (high) WHERE id(high) = row[1]
MERGE (low)-[l:OBSERVED_WITH {kind: 'matched'}]->(high)
SET
  l.count = row[2], l.first_seen = datetime.fromEpochMillis(row[3]), l.last_seen = datetime.fromEpochMillis(row[4]),
  l.sources = row[5], l.score = row[6];
