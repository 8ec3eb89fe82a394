// matching/lock_keys: hold keys, unknown ones too, until the transaction ends
// $keys: list of keys, sorted
// returns rows: how many
UNWIND $keys AS key
MERGE (k:BlockingKey {key: key})
SET k.lock = true
REMOVE k.lock
RETURN count(k) AS rows;
