-- links/linked_by_namespace: how many distinct, not blocked identifiers events named together with each, by namespace
-- :identifiers: JSON array of identifier ids; :above: only for those linked to more identifiers than this in all
-- returns key, namespace, count
WITH wanted AS MATERIALIZED (
    SELECT value AS id
    FROM json_each(:identifiers)
    -- Counting in the indexes alone spares most the look at what they are linked to.
    WHERE (SELECT count(*) FROM link WHERE low = value) + (SELECT count(*) FROM link WHERE high = value) > :above
)
SELECT i.key, other.namespace, count(*) AS count
FROM (
    SELECT wanted.id, l.high AS other FROM wanted CROSS JOIN link AS l ON l.low = wanted.id AND l.kind = 'observed'
    UNION ALL
    SELECT wanted.id, l.low AS other FROM wanted CROSS JOIN link AS l ON l.high = wanted.id AND l.kind = 'observed'
) AS linked
CROSS JOIN identifier AS i ON i.id = linked.id
CROSS JOIN identifier AS other ON other.id = linked.other AND other.set_aside IS NOT 'blocked'
GROUP BY linked.id, other.namespace;
