// matching/lock_under: hold keys, unknown ones too, until the transaction ends; then read what they find
// $keys: list of keys, sorted; $most: the most records that a key may find; $count_to: where to stop counting
// returns crowds: list of [key, count]; rows: list of [key (of the identifier), fields (JSON object), keys]: those of
//   the given that find it, but for keys that find too many
UNWIND $keys AS key
MERGE (k:BlockingKey {key: key})
// Removing a property takes the write lock even where there is none.
REMOVE k.lock
WITH collect(k) AS held
CALL (held) {
  UNWIND held AS k
  WITH k.key AS key, COUNT { (k)<-[:FOUND_BY]-() } AS count
  RETURN collect([key, CASE WHEN count > $count_to THEN $count_to ELSE count END]) AS crowds
}
CALL (held) {
  UNWIND held AS k
  WITH k WHERE COUNT { (k)<-[:FOUND_BY]-() } <= $most
  MATCH (k)<-[:FOUND_BY]-(i:Identifier)
  WITH i, collect(k.key) AS keys
  RETURN collect([i.key, i.record, keys]) AS rows
}
RETURN crowds, rows;
