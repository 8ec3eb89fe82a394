-- events/located: the newest events of each of several profiles that tell a latitude
-- :members: JSON array of [profile (number), key, hash of the key]; :limit: for each
-- returns profile, id, at, received_at, type, name, source, channel, body, owner; newest first by (at, id)
WITH owned AS (
    SELECT given.value ->> 0 AS profile, i.key AS owner, e.seq,
        row_number() OVER (PARTITION BY given.value ->> 0 ORDER BY e.at DESC, e.id DESC) AS place
    FROM json_each(:members) AS given
    CROSS JOIN identifier_by_hash AS h ON h.hash = given.value ->> 2
    CROSS JOIN identifier AS i ON i.id = h.id AND i.key = given.value ->> 1
    CROSS JOIN names AS n ON n.identifier = i.id AND n.owns
    CROSS JOIN event AS e ON e.seq = n.event AND instr(e.body, CAST('"latitude"' AS BLOB))
)
SELECT o.profile, e.id, e.at, e.received_at, e.type, e.name, e.source, e.channel, e.body, o.owner
FROM owned AS o CROSS JOIN event AS e ON e.seq = o.seq
WHERE o.place <= :limit
ORDER BY e.at DESC, e.id DESC;
