// matching/linked: for each identifier the one of each of some namespaces that it was named with last
// $identifiers: list of node ids; $namespaces: list
// returns rows: list of [key, other (a key)]; blocked ones are left out; of several the newest, the most often named, the
//   smallest key
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[l:OBSERVED_WITH {kind: 'observed'}]-(other:Identifier)
WHERE coalesce(other.set_aside, '') <> 'blocked' AND other.namespace IN $namespaces AND other.namespace <> i.namespace
WITH i, other, l ORDER BY l.last_seen DESC, l.count DESC, other.key
WITH i.key AS key, other.namespace AS namespace, collect(other.key)[0] AS other
RETURN collect([key, other]) AS rows;
