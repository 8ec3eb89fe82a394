-- events/seqs: the sequence numbers of stored events
-- :ids: JSON array of event ids
-- returns id, seq; one row a stored event
SELECT e.id, e.seq FROM json_each(:ids) AS wanted CROSS JOIN event AS e ON e.id = wanted.value;
