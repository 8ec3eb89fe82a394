-- traits/scan: the last write of each trait at each identifier
-- no parameters
-- returns key, name, at, event, source, value
SELECT i.key, t.name, t.at, t.event, t.source, t.value
FROM trait AS t JOIN identifier AS i ON i.id = t.identifier;
