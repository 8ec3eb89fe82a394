// decisions/append: record decisions, each once
// $rows: list of [id, low, high, verdict, at (ms), by, reason]
// returns nothing
UNWIND $rows AS row
MERGE (d:Decision {id: row[0]})
ON CREATE SET
  d.low = row[1], d.high = row[2], d.verdict = row[3], d.at = datetime.fromEpochMillis(row[4]), d.by = row[5],
  d.reason = row[6];
