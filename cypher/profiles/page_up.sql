-- profiles/page_up: a page of profiles, by id
-- :id, :hash: the place that the page lies behind: a profile id, and the hash of what it spells; :limit
-- :known (1, 0), :namespace, :trait with :value (JSON), :spans (1) with :first_from, :first_to, :last_from, :last_to and
--   :least: the filter, each null where nothing is asked; :known_namespaces: JSON array
-- returns id, anchor (key), first_seen, last_seen; one row a profile, by id
SELECT id, anchor, first_seen, last_seen
FROM (
    SELECT h.hash, own_id(p.anchor) AS id, p.anchor, p.first_seen, p.last_seen
    FROM identifier_by_hash AS h CROSS JOIN profile AS p ON p.identifier = h.id
    WHERE h.hash >= :hash AND (h.hash > :hash OR own_id(p.anchor) > :id)
        AND (:known IS NULL OR (p.namespace IN (SELECT value FROM json_each(:known_namespaces))) = :known)
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
        ))
    -- By what is given, so that both indexes are walked in their order, and no further than needed.
    ORDER BY hash, id
    LIMIT :limit
)
ORDER BY hash, id;
