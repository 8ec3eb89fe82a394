-- keys/all: all API keys, revoked ones too
-- no parameters
-- returns id, digest, label, scopes (JSON array), source, made_at, revoked_at; by made_at, then id
SELECT id, digest, label, scopes, source, made_at, revoked_at FROM api_key ORDER BY made_at, id;
