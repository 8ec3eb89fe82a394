// reviews/page: a page of the queue: items that are found, or decided, by how much a judgement is expected to gain
// $now: the time (ms) by which claims lapse and what was snoozed wakes; $gain, $id: the place that the page lies behind;
//   $limit
// $kind (null: any), $states (list), $min_score
// returns rows: list of [id, kind, rule, keys, score, gain, reasons (JSON), evidence (JSON), found, state, until (ms),
//   assignee, ruling, acts], the largest gain first, then by id
MATCH (i:ReviewItem)
WHERE i.gain <= $gain AND (i.gain < $gain OR i.id > $id)
  AND (i.found OR i.state = 'decided')
  AND ($kind IS NULL OR i.kind = $kind)
  AND i.score >= $min_score
  AND CASE WHEN i.until <= datetime.fromEpochMillis($now) THEN 'open' ELSE i.state END IN $states
WITH i ORDER BY i.gain DESC, i.id LIMIT $limit
RETURN collect([
  i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until.epochMillis,
  i.assignee, i.ruling, i.acts
]) AS rows;
