// reviews/drop: forget items, and the identifiers that no other item is about
// $ids: list, sorted
// returns nothing
UNWIND $ids AS id
MATCH (i:ReviewItem {id: id})
OPTIONAL MATCH (i)-[:ABOUT]->(s)
WITH i, collect(s) AS subjects
DETACH DELETE i
WITH subjects
UNWIND subjects AS s
WITH DISTINCT s WHERE NOT EXISTS { (s)<-[:ABOUT]-() }
DELETE s;
