-- refusals/insert: record refusals
-- rows of low (id), high (id), kind, reason, namespace
-- returns nothing
INSERT INTO refusal (low, high, kind, reason, namespace) VALUES (?1, ?2, ?3, ?4, ?5);
