// matching/under: the records that keys find, but for keys that find too many
// $keys: list; $most: the most records that a key may find
// returns rows: list of [key (of the identifier), fields (JSON object), keys]: those of the given that find it
UNWIND $keys AS key
MATCH (k:BlockingKey {key: key}) WHERE COUNT { (k)<-[:FOUND_BY]-() } <= $most
MATCH (k)<-[:FOUND_BY]-(i:Identifier)
WITH i, collect(k.key) AS keys
RETURN collect([i.key, i.record, keys]) AS rows;
