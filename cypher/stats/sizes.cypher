// stats/sizes: how much is stored
// no parameters
// returns rows: [events, identifiers, links, profiles, clusters, decisions, refusals]
RETURN [
  COUNT { (:Event) }, COUNT { (:Identifier) }, COUNT { ()-[:OBSERVED_WITH]->() }, COUNT { (:Profile) },
  COUNT { (:Profile) } - COUNT { ()-[:IN_CLUSTER]->() }, COUNT { (:Decision) }, COUNT { ()-[:REFUSED]->() }
] AS rows;
