// audit/page: entries of the audit log after a number, of everybody or of one
// $after; $who (null: everybody); $limit
// returns rows: list of [seq, at (ms), who, action, subject, why], by seq
MATCH (a:AuditEntry) WHERE a.seq > $after AND ($who IS NULL OR a.who = $who)
WITH a ORDER BY a.seq LIMIT $limit
RETURN collect([a.seq, a.at.epochMillis, a.who, a.action, a.subject, a.why]) AS rows;
