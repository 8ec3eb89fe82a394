-- matching/scan_candidates: every pair of records that resemble each other
-- no parameters
-- returns low, high, score, weight, band; by pair
SELECT low.key AS low, high.key AS high, c.score, c.weight, c.band
FROM candidate AS c
CROSS JOIN identifier AS low ON low.id = c.low
CROSS JOIN identifier AS high ON high.id = c.high
ORDER BY low.key, high.key;
