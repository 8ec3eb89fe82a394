-- events/scan: every event
-- no parameters
-- returns id, at, received_at, type, name, source, channel, body, owner (always null: not asked); in the order of arrival
SELECT e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, NULL AS owner FROM event AS e ORDER BY e.seq;
