// reviews/count: how many items of the queue a filter wants
// $now (ms), $kind (null: any), $states (list), $min_score: as in reviews/page
// returns rows: the count
MATCH (i:ReviewItem)
WHERE (i.found OR i.state = 'decided')
  AND ($kind IS NULL OR i.kind = $kind)
  AND i.score >= $min_score
  AND CASE WHEN i.until <= datetime.fromEpochMillis($now) THEN 'open' ELSE i.state END IN $states
RETURN count(i) AS rows;
