-- notes/exist: whether the table of notes is there
-- no parameters
-- returns exist (1 or 0)
SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'note') AS exist;
