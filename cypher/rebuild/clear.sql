-- rebuild/clear: forget everything that can be computed again; several statements
-- no parameters
-- returns nothing
DELETE FROM names;
DELETE FROM link;
DELETE FROM refusal;
DELETE FROM trait;
DELETE FROM identifier;
DELETE FROM identifier_hash;
DELETE FROM identifier_hash_new;
