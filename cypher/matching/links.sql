-- matching/links: the matched links that begin at identifiers
-- :identifiers: JSON array of identifier ids
-- returns low, high, kind, count, first_seen, last_seen, sources (JSON array), score
SELECT low.key AS low, high.key AS high, l.kind, l.count, l.first_seen, l.last_seen, l.sources, l.score
FROM json_each(:identifiers) AS wanted
CROSS JOIN link AS l ON l.low = wanted.value AND l.kind = 'matched'
CROSS JOIN identifier AS low ON low.id = l.low
CROSS JOIN identifier AS high ON high.id = l.high;
