-- traits/of_identifiers: the last write of each trait at identifiers
-- :identifiers: JSON array of identifier ids
-- returns key, name, at, event, source, value
SELECT i.key, t.name, t.at, t.event, t.source, t.value
FROM json_each(:identifiers) AS wanted
CROSS JOIN trait AS t ON t.identifier = wanted.value
CROSS JOIN identifier AS i ON i.id = t.identifier;
