// keys/all: all API keys, revoked ones too
// no parameters
// returns rows: list of [id, digest (hexadecimal), label, scopes, source, made_at (ms), revoked_at (ms)],
// by made_at, then id
MATCH (k:ApiKey)
WITH k ORDER BY k.made_at, k.id
RETURN collect(
  [k.id, k.digest, k.label, k.scopes, k.source, k.made_at.epochMillis, k.revoked_at.epochMillis]
) AS rows;
