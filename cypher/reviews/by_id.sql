-- reviews/by_id: items by their ids
-- :ids: JSON array
-- returns id, kind, rule, keys (JSON), score, gain, reasons (JSON), evidence (JSON), found, state, until, assignee, ruling, acts
SELECT i.id, i.kind, i.rule, i.keys, i.score, i.gain, i.reasons, i.evidence, i.found, i.state, i.until, i.assignee, i.ruling, i.acts
FROM json_each(:ids) AS wanted CROSS JOIN review_item AS i ON i.id = wanted.value;
