// profiles/nodes: the nodes of the profiles that there are
// $rows: list of [id, anchor (key)]
// returns rows: list of [anchor, node id]
UNWIND $rows AS row
MATCH (p:Profile {id: row[0]})
RETURN collect([row[1], id(p)]) AS rows;
