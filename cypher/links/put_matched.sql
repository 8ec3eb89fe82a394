-- links/put_matched: write matched links, each in place of that of its pair
-- rows of low (id), high (id), count, first_seen, last_seen, sources (JSON array), score
-- returns nothing
INSERT OR REPLACE INTO link (low, high, kind, count, first_seen, last_seen, sources, score)
VALUES (?1, ?2, 'matched', ?3, ?4, ?5, ?6, ?7);
