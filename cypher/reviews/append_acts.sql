-- reviews/append_acts: append what reviewers did, each once
-- rows of id, item, kind, at, by, text, ruling, until, settles, undoes, decision
-- returns nothing
INSERT INTO review_act (id, item, kind, at, by, text, ruling, until, settles, undoes, decision)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT DO NOTHING;
