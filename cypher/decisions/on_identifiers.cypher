// decisions/on_identifiers: all decisions on pairs with at least one end among keys
// $keys: list of keys
// returns rows: list of [low, high, verdict, at (ms), by, reason], each decision once
CALL () {
  UNWIND $keys AS key
  MATCH (d:Decision {low: key})
  RETURN d
  UNION
  UNWIND $keys AS key
  MATCH (d:Decision {high: key})
  RETURN d
}
RETURN collect([d.low, d.high, d.verdict, d.at.epochMillis, d.by, d.reason]) AS rows;
