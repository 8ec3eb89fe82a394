-- profiles/led_to: the profiles that profile ids lead to
-- :ids: JSON array of [profile id, hash of what it spells]
-- :known (1, 0), :namespace, :trait with :value (JSON), :spans (1) with :first_from, :first_to, :last_from, :last_to and
--   :least: the filter, each null where nothing is asked; :known_namespaces: JSON array
-- returns id, anchor (key), first_seen, last_seen; one row a profile
WITH named AS MATERIALIZED (
    SELECT i.profile
    FROM json_each(:ids) AS given
    CROSS JOIN identifier_by_hash AS h ON h.hash = given.value ->> 1
    CROSS JOIN identifier AS i ON i.id = h.id AND own_id(i.key) = given.value ->> 0
    WHERE i.profile IS NOT NULL
),
-- Apart: with DISTINCT in it, SQLite would walk through all hashes.
wanted AS MATERIALIZED (SELECT DISTINCT profile FROM named)
SELECT own_id(p.anchor) AS id, p.anchor, p.first_seen, p.last_seen
FROM wanted CROSS JOIN profile AS p ON p.identifier = wanted.profile
WHERE (:known IS NULL OR (p.namespace IN (SELECT value FROM json_each(:known_namespaces))) = :known)
    AND (:namespace IS NULL OR EXISTS (
        SELECT 1 FROM identifier AS m
        WHERE m.cluster = p.cluster AND m.profile = p.identifier AND m.namespace = :namespace
    ))
    AND (:trait IS NULL OR EXISTS (
        SELECT 1 FROM identifier AS m CROSS JOIN trait AS t ON t.identifier = m.id AND t.name = :trait
        WHERE m.cluster = p.cluster AND m.profile = p.identifier AND t.value = :value
    ))
    AND (:spans IS NULL OR (
        p.first_seen >= :first_from AND p.first_seen < :first_to AND p.last_seen >= :last_from AND p.last_seen < :last_to
        AND p.identifiers >= :least
    ));
