// commits/after: what commits did to profiles, those after a number
// $seq; $limit
// returns rows: list of [seq, at (ms), touched (digests of 15 bytes), changes (JSON array, or null)], by seq
MATCH (c:Commit) WHERE c.seq > $seq
WITH c ORDER BY c.seq LIMIT $limit
RETURN collect([c.seq, c.at.epochMillis, c.touched, c.changes]) AS rows;
