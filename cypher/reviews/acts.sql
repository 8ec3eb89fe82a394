-- reviews/acts: what reviewers did about items
-- :items: JSON array of ids
-- returns item, kind, at, by, text, ruling, until, settles, undoes, decision; by (at, id)
SELECT a.item, a.kind, a.at, a.by, a.text, a.ruling, a.until, a.settles, a.undoes, a.decision
FROM json_each(:items) AS wanted CROSS JOIN review_act AS a ON a.item = wanted.value
ORDER BY a.at, a.id;
