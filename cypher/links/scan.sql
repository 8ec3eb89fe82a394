-- links/scan: every link
-- no parameters
-- returns low, high, kind, count, first_seen, last_seen, sources, score; by (low, high, kind)
SELECT low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score
FROM identifier AS low
CROSS JOIN link AS l ON l.low = low.id
CROSS JOIN identifier AS high ON high.id = l.high
ORDER BY low.key, high.key, l.kind;
