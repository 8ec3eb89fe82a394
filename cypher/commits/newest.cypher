// commits/newest: the number of the newest commit that changed profiles
// no parameters
// returns rows: seq (0: there was none)
OPTIONAL MATCH (counter:Ledger {name: 'commits'})
RETURN coalesce(counter.seq, 0) AS rows;
