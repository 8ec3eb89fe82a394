// identifiers/nodes: the nodes of the keys that are known
// $keys: list of keys
// returns rows: list of [key, node id]
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
RETURN collect([key, id(i)]) AS rows;
