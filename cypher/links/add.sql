-- links/add: add evidence to links, new or not: counts add up, times widen, sources unite
-- rows of low (id), high (id), kind, count, first_seen, last_seen, sources (JSON array, sorted), score
-- returns nothing
INSERT INTO link (low, high, kind, count, first_seen, last_seen, sources, score)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO UPDATE SET
    count = count + excluded.count,
    first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen),
    sources = CASE WHEN sources = excluded.sources THEN sources ELSE (
        SELECT json_group_array(value) FROM (
            SELECT value FROM json_each(sources) UNION SELECT value FROM json_each(excluded.sources) ORDER BY value
        )
    ) END,
    score = max(coalesce(score, excluded.score), excluded.score);
