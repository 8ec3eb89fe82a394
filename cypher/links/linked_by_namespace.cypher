// links/linked_by_namespace: how many distinct, not blocked identifiers events named together with each, by namespace
// $identifiers: list of node ids
// returns rows: list of [identifier (node id), namespace, count]
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
MATCH (i)-[l:OBSERVED_WITH]-(other:Identifier)
WHERE l.kind = 'observed' AND coalesce(other.set_aside, '') <> 'blocked'
WITH identifier, other.namespace AS namespace, count(*) AS count
RETURN collect([identifier, namespace, count]) AS rows;
