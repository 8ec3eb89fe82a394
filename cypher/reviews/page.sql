-- reviews/page: a page of the queue: items that are found, or decided, by how much a judgement is expected to gain
-- :now: the time by which claims lapse and what was snoozed wakes; :gain, :id: the place that the page lies behind; :limit
-- :kind (null: any), :states (JSON array), :min_score
-- returns id, kind, rule, keys (JSON), score, gain, reasons (JSON), evidence (JSON), found, state, until, assignee, ruling,
--   acts; the largest gain first, then by id
SELECT id, kind, rule, keys, score, gain, reasons, evidence, found, state, until, assignee, ruling, acts
FROM review_item
WHERE gain <= :gain AND (gain < :gain OR id > :id)
    AND (found OR state = 'decided')
    AND (:kind IS NULL OR kind = :kind)
    AND score >= :min_score
    AND CASE WHEN until <= :now THEN 'open' ELSE state END IN (SELECT value FROM json_each(:states))
ORDER BY gain DESC, id
LIMIT :limit;
