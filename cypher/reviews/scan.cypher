// reviews/scan: items behind an id
// $after; $limit
// returns rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms),
//   assignee, ruling, acts], by id
MATCH (i:ReviewItem) WHERE i.id > $after
WITH i ORDER BY i.id LIMIT $limit
RETURN collect([
  i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until.epochMillis,
  i.assignee, i.ruling, i.acts
]) AS rows;
