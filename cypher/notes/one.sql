-- notes/one: one note about the store itself
-- :note
-- returns text; no row where there is none
SELECT text FROM note WHERE name = :note;
