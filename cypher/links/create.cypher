// links/create: record links that are known to be new
// $rows: list of [low (node id), high (node id), kind, count, first_seen (ms), last_seen (ms), sources, score]
// returns nothing
UNWIND $rows AS row
MATCH (low) WHERE id(low) = row[0]
MATCH (high) WHERE id(high) = row[1]
CREATE (low)-[:OBSERVED_WITH {
  kind: row[2], count: row[3], first_seen: datetime.fromEpochMillis(row[4]),
  last_seen: datetime.fromEpochMillis(row[5]), sources: row[6], score: row[7]
}]->(high);
