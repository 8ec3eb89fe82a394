// commits/append: number what a transaction did to profiles, and keep it, stamped by the server's clock
// $rows: list of [touched (digests of 15 bytes), changes (JSON array, or null)]
// returns rows: the last number
// From here to the commit this transaction holds the counter, so numbers become visible in their order.
MERGE (counter:Ledger {name: 'commits'})
ON CREATE SET counter.seq = 0
REMOVE counter.lock
WITH count(*) AS held
MATCH (counter:Ledger {name: 'commits'})
WITH counter, counter.seq AS before
SET counter.seq = before + size($rows)
WITH before
UNWIND range(0, size($rows) - 1) AS number
CREATE (:Commit {
  seq: before + number + 1, at: datetime.realtime(), touched: $rows[number][0], changes: $rows[number][1]
})
WITH before, count(*) AS numbered
RETURN before + numbered AS rows;
