-- reviews/put: write items, each over the one of the same id
-- rows of id, kind, rule, keys (JSON), score, gain, reasons (JSON), evidence (JSON), found, state, until, assignee, ruling, acts
-- returns nothing
INSERT INTO review_item (id, kind, rule, keys, score, gain, reasons, evidence, found, state, until, assignee, ruling, acts)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT DO UPDATE SET
    score = excluded.score, gain = excluded.gain, reasons = excluded.reasons, evidence = excluded.evidence,
    found = excluded.found, state = excluded.state, until = excluded.until, assignee = excluded.assignee,
    ruling = excluded.ruling, acts = excluded.acts;
