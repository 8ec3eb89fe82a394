// reviews/put: write items, each over the one of the same id, and which identifiers they are about
// $rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms, null),
//   assignee, ruling, acts], sorted
// returns nothing
UNWIND $rows AS row
MERGE (i:ReviewItem {id: row[0]})
ON CREATE SET i.kind = row[1], i.rule = row[2], i.keys = row[3]
SET
  i.score = row[4], i.gain = row[5], i.reasons = row[6], i.evidence = row[7], i.found = row[8], i.state = row[9],
  i.until = CASE WHEN row[10] IS NULL THEN null ELSE datetime.fromEpochMillis(row[10]) END, i.assignee = row[11],
  i.ruling = row[12], i.acts = row[13]
WITH i
UNWIND i.keys AS key
MERGE (s:ReviewSubject {key: key})
MERGE (i)-[:ABOUT]->(s);
