-- notes/all: all notes about the store itself
-- no parameters
-- returns name, text
SELECT name, text FROM note;
