-- keys/append: keep new API keys
-- rows of id, digest, label, scopes (JSON array), source, made_at, revoked_at (null)
-- returns nothing
INSERT INTO api_key (id, digest, label, scopes, source, made_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
