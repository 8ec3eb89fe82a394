-- profiles/page_by_time: a page of profiles, by the time when they were first or last seen
-- :by_last: 1 for last_seen, 0 for first_seen; :sign: 1, or -1 for the newest first; :moment, :id: the place that the page
--   lies behind: a time multiplied by the sign, and a profile id; :limit
-- :known (1, 0), :namespace, :trait with :value (JSON), :spans (1) with :first_from, :first_to, :last_from, :last_to and
--   :least: the filter, each null where nothing is asked; :known_namespaces: JSON array
-- returns id, anchor (key), first_seen, last_seen; one row a profile, by (time, id)
SELECT id, anchor, first_seen, last_seen
FROM (
    SELECT own_id(p.anchor) AS id, p.anchor, p.first_seen, p.last_seen,
        :sign * CASE WHEN :by_last THEN p.last_seen ELSE p.first_seen END AS value
    FROM (
        SELECT a.key AS anchor, a.namespace, m.*
        FROM (
            SELECT profile AS identifier, cluster, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
                count(*) AS identifiers
            FROM identifier
            WHERE profile IS NOT NULL
            GROUP BY profile
        ) AS m
        CROSS JOIN identifier AS a ON a.id = m.identifier
    ) AS p
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
        ))
)
WHERE value > :moment OR (value = :moment AND id > :id)
ORDER BY value, id
LIMIT :limit;
