-- notes/put: write notes, each over the one of the same name
-- rows of name, text
-- returns nothing
INSERT INTO note (name, text) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = excluded.text;
