-- reviews/about: items of some rules that are about at least one of some identifiers
-- :keys, :rules: JSON arrays
-- returns id, kind, rule, keys (JSON), score, gain, reasons (JSON), evidence (JSON), found, state, until, assignee, ruling,
--   acts; each item once
SELECT i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until, i.assignee, i.ruling, i.acts
FROM (
    SELECT DISTINCT k.item FROM json_each(:keys) AS wanted CROSS JOIN review_item_key AS k ON k.key = wanted.value
) AS about
CROSS JOIN review_item AS i ON i.id = about.item
WHERE i.rule IN (SELECT value FROM json_each(:rules));
