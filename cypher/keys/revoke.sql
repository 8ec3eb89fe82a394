-- keys/revoke: make API keys invalid; one that is already stays as it is
-- rows of id, at
-- returns nothing
UPDATE api_key SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL;
