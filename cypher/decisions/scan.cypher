// decisions/scan: every decision
// no parameters
// returns rows: list of [low, high, verdict, at (ms), by, reason], by (at, id)
MATCH (d:Decision)
WITH d ORDER BY d.at, d.id
RETURN collect([d.low, d.high, d.verdict, d.at.epochMillis, d.by, d.reason]) AS rows;
