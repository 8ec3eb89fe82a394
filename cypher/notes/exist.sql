-- notes/exist: whether the table of notes is there, and whether tables are
-- no parameters
-- returns exist (1 or 0), tables (1 or 0)
SELECT
    EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'note') AS exist,
    EXISTS (SELECT 1 FROM sqlite_schema) AS tables;
