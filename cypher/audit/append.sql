-- audit/append: add entries to the audit log
-- rows of at, who, action, subject, why
-- returns nothing
INSERT INTO audit (at, who, action, subject, why) VALUES (?1, ?2, ?3, ?4, ?5);
