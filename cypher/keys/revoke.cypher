// keys/revoke: make API keys invalid; one that is already stays as it is
// $rows: list of [id, at (ms)]
// returns nothing
UNWIND $rows AS row
MATCH (k:ApiKey {id: row[0]})
SET k.revoked_at = coalesce(k.revoked_at, datetime.fromEpochMillis(row[1]));
