-- commits/newest: the number of the newest commit that changed profiles
-- no parameters
-- returns seq (0: there was none)
SELECT coalesce(max(seq), 0) AS seq FROM commits;
