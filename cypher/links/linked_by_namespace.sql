-- links/linked_by_namespace: how many distinct, not blocked identifiers events named together with each, by namespace
-- :identifiers: JSON array of identifier ids
-- returns id, namespace, count
SELECT linked.id, other.namespace, count(*) AS count
FROM (
    SELECT wanted.value AS id, l.high AS other
    FROM json_each(:identifiers) AS wanted CROSS JOIN link AS l ON l.low = wanted.value AND l.kind = 'observed'
    UNION ALL
    SELECT wanted.value AS id, l.low AS other
    FROM json_each(:identifiers) AS wanted CROSS JOIN link AS l ON l.high = wanted.value AND l.kind = 'observed'
) AS linked
CROSS JOIN identifier AS other ON other.id = linked.other AND other.set_aside IS NOT 'blocked'
GROUP BY linked.id, other.namespace;
