-- events/last_seq: the largest sequence number in use
-- no parameters
-- returns seq (0 where there is none)
SELECT coalesce(max(seq), 0) AS seq FROM event;
