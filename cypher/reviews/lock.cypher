// reviews/lock: hold items by write locks; then read those that are known
// $ids: list, sorted
// returns rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms),
//   assignee, ruling, acts]
CALL () {
  UNWIND $ids AS id
  MATCH (i:ReviewItem {id: id})
  REMOVE i.lock
  RETURN count(i) AS held
}
UNWIND $ids AS id
MATCH (i:ReviewItem {id: id})
RETURN collect([
  i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until.epochMillis,
  i.assignee, i.ruling, i.acts
]) AS rows;
