-- events/stored: which events are stored already
-- :ids: JSON array of event ids
-- returns id, digest; one row a stored event
SELECT e.id, e.digest FROM json_each(:ids) AS wanted CROSS JOIN event AS e ON e.id = wanted.value;
