// reviews/about: items of some rules that are about at least one of some identifiers
// $keys, $rules: lists
// returns rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms),
//   assignee, ruling, acts], each item once
UNWIND $keys AS key
MATCH (:ReviewSubject {key: key})<-[:ABOUT]-(i:ReviewItem) WHERE i.rule IN $rules
WITH DISTINCT i
RETURN collect([
  i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until.epochMillis,
  i.assignee, i.ruling, i.acts
]) AS rows;
