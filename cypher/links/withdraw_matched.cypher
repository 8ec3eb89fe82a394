// links/withdraw_matched: forget the matched links of pairs
// $rows: list of [low (node id), high (node id)]
// returns nothing
UNWIND $rows AS row
MATCH (low) WHERE id(low) = row[0]
MATCH (high) WHERE id(high) = row[1]
MATCH (low)-[l:OBSERVED_WITH {kind: 'matched'}]->(high)
DELETE l;
