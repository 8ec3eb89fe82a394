-- reviews/scan: every item
-- no parameters
-- returns id, kind, rule, keys (JSON), score, gain, reasons (JSON), evidence (JSON), found, state, until, assignee, ruling,
--   acts; by id
SELECT id, kind, rule, keys, score, gain, reasons, evidence, found, state, until, assignee, ruling, acts
FROM review_item ORDER BY id;
