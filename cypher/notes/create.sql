-- notes/create: the table of notes, which holds the version of the schema too
-- no parameters
-- returns nothing
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
