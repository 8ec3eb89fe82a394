// reviews/acts: what reviewers did about items
// $items: list of ids
// returns rows: list of [item, kind, at (ms), by, text, ruling, until (ms), settles, undoes, decision], by (at, id)
UNWIND $items AS item
MATCH (a:ReviewAct {item: item})
WITH a ORDER BY a.at, a.id
RETURN collect([
  a.item, a.kind, a.at.epochMillis, a.by, a.text, a.ruling, a.until.epochMillis, a.settles, a.undoes, a.decision
]) AS rows;
