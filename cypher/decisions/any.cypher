// decisions/any: whether any decision was ever recorded
// no parameters
// returns rows: a list that is empty or holds true
MATCH (d:Decision)
WITH d LIMIT 1
RETURN collect(true) AS rows;
