-- decisions/append: record decisions, each once
-- rows of id, low, high, verdict, at, by, reason
-- returns nothing
INSERT INTO decision (id, low, high, verdict, at, by, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO NOTHING;
