// keys/append: keep new API keys
// $rows: list of [id, digest (hexadecimal), label, scopes, source, made_at (ms), revoked_at (ms, null)]
// returns nothing
UNWIND $rows AS row
CREATE (:ApiKey {
  id: row[0], digest: row[1], label: row[2], scopes: row[3], source: row[4],
  made_at: datetime.fromEpochMillis(row[5]),
  revoked_at: CASE WHEN row[6] IS NULL THEN null ELSE datetime.fromEpochMillis(row[6]) END
});
