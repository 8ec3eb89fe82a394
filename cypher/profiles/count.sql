-- profiles/count: how many profiles there are
-- :known (1, 0), :namespace, :trait with :value (JSON), :spans (1) with :first_from, :first_to, :last_from, :last_to and
--   :least: the filter, each null where nothing is asked; :known_namespaces: JSON array
-- returns count; one row
SELECT count(*) AS count
FROM profile AS p
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
