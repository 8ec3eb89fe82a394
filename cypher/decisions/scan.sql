-- decisions/scan: every decision
-- no parameters
-- returns low, high, verdict, at, by, reason; by (at, id)
SELECT d.low, d.high, d.verdict, d.at, d.by, d.reason FROM decision AS d ORDER BY d.at, d.id;
