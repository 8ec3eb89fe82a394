// audit/append: add entries to the audit log
// $rows: list of [at (ms), who, action, subject, why]
// returns rows: the last number
// From here to the commit this transaction holds the counter, so numbers become visible in their order.
MERGE (counter:Ledger {name: 'audit'})
ON CREATE SET counter.seq = 0
REMOVE counter.lock
WITH count(*) AS held
MATCH (counter:Ledger {name: 'audit'})
WITH counter, counter.seq AS before
SET counter.seq = before + size($rows)
WITH before
UNWIND range(0, size($rows) - 1) AS number
WITH before, number, $rows[number] AS row
CREATE (:AuditEntry {
  seq: before + number + 1, at: datetime.fromEpochMillis(row[0]), who: row[1], action: row[2], subject: row[3],
  why: row[4]
})
WITH before, count(*) AS numbered
RETURN before + numbered AS rows;
