-- audit/page: entries of the audit log after a number, of everybody or of one
-- :after; :who (null: everybody); :limit
-- returns seq, at, who, action, subject, why; by seq
SELECT seq, at, who, action, subject, why FROM audit
WHERE seq > :after AND (:who IS NULL OR who = :who) ORDER BY seq LIMIT :limit;
