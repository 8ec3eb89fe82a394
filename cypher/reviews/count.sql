-- reviews/count: how many items of the queue a filter wants
-- :now, :kind (null: any), :states (JSON array), :min_score: as in reviews/page
-- returns count
SELECT count(*)
FROM review_item
WHERE (found OR state = 'decided')
    AND (:kind IS NULL OR kind = :kind)
    AND score >= :min_score
    AND CASE WHEN until <= :now THEN 'open' ELSE state END IN (SELECT value FROM json_each(:states));
