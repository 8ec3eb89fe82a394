-- stats/sizes: how much is stored
-- no parameters
-- returns events, identifiers, links, profiles, clusters, decisions, refusals; one row
SELECT
    (SELECT count(*) FROM event) AS events,
    (SELECT count(*) FROM identifier) AS identifiers,
    (SELECT count(*) FROM link) AS links,
    (SELECT count(*) FROM identifier WHERE profile = id) AS profiles,
    (SELECT count(*) FROM identifier WHERE cluster = id) AS clusters,
    (SELECT count(*) FROM decision) AS decisions,
    (SELECT count(*) FROM refusal) AS refusals;
