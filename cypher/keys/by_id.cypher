// keys/by_id: the API keys with these public parts
// $ids
// returns rows: list of [id, digest (hexadecimal), label, scopes, source, made_at (ms), revoked_at (ms)]
MATCH (k:ApiKey) WHERE k.id IN $ids
RETURN collect(
  [k.id, k.digest, k.label, k.scopes, k.source, k.made_at.epochMillis, k.revoked_at.epochMillis]
) AS rows;
