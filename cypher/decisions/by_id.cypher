// decisions/by_id: decisions by their ids
// $ids: list of decision ids
// returns rows: list of [low, high, verdict, at (ms), by, reason]
UNWIND $ids AS id
MATCH (d:Decision {id: id})
RETURN collect([d.low, d.high, d.verdict, d.at.epochMillis, d.by, d.reason]) AS rows;
