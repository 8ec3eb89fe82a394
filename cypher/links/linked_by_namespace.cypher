// links/linked_by_namespace: how many distinct, not blocked identifiers events named together with each, by namespace
// $identifiers: list of node ids; $above: only for those linked to more identifiers than this in all
// returns rows: list of [key, namespace, count]
UNWIND $identifiers AS identifier
MATCH (i) WHERE id(i) = identifier AND COUNT { (i)-[:OBSERVED_WITH]-() } > $above
MATCH (i)-[l:OBSERVED_WITH]-(other:Identifier)
WHERE l.kind = 'observed' AND coalesce(other.set_aside, '') <> 'blocked'
WITH i.key AS key, other.namespace AS namespace, count(*) AS count
RETURN collect([key, namespace, count]) AS rows;
