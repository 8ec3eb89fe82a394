// traits/replace: put a later write in the place of the one that stands
// $rows: list of [trait (node id), at (ms), event (id), source, value (JSON)]
// returns nothing
UNWIND $rows AS row
MATCH (t) WHERE id(t) = row[0]
SET t.at = datetime.fromEpochMillis(row[1]), t.event = row[2], t.source = row[3], t.value = row[4];
