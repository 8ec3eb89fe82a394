// reviews/append_acts: append what reviewers did, each once
// $rows: list of [id, item, kind, at (ms), by, text, ruling, until (ms, null), settles, undoes, decision]
// returns nothing
UNWIND $rows AS row
MERGE (a:ReviewAct {id: row[0]})
ON CREATE SET
  a.item = row[1], a.kind = row[2], a.at = datetime.fromEpochMillis(row[3]), a.by = row[4], a.text = row[5],
  a.ruling = row[6], a.until = CASE WHEN row[7] IS NULL THEN null ELSE datetime.fromEpochMillis(row[7]) END,
  a.settles = row[8], a.undoes = row[9], a.decision = row[10];
