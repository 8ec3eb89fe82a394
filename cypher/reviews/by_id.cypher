// reviews/by_id: items by their ids
// $ids: list
// returns rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms),
//   assignee, ruling, acts]
UNWIND $ids AS id
MATCH (i:ReviewItem {id: id})
RETURN collect([
  i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until.epochMillis,
  i.assignee, i.ruling, i.acts
]) AS rows;
