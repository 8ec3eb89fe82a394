-- keys/by_id: the API keys with these public parts
-- :ids (JSON array)
-- returns id, digest, label, scopes (JSON array), source, made_at, revoked_at
SELECT id, digest, label, scopes, source, made_at, revoked_at FROM api_key
WHERE id IN (SELECT value FROM json_each(:ids));
