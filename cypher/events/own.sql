-- events/own: give events to other owners, or take them away
-- rows of event (seq), identifier (id), owns (1 or 0)
-- returns nothing
UPDATE names SET owns = ?3
WHERE (identifier, at, event) = (SELECT ?2, e.at, e.seq FROM event AS e WHERE e.seq = ?1);
