-- identifiers/last_id: the largest row id in use
-- no parameters
-- returns id (0 where there is none)
SELECT coalesce(max(id), 0) AS id FROM identifier;
