// members/of_clusters: all identifiers of clusters
// $clusters: list of node ids of the profiles that they are named after
// returns rows: list of node ids
UNWIND $clusters AS cluster
MATCH (c:Profile) WHERE id(c) = cluster
MATCH (c)<-[:IN_CLUSTER*0..1]-(p:Profile)<-[:MEMBER_OF]-(i:Identifier)
RETURN collect(id(i)) AS rows;
