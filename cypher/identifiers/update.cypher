// identifiers/update: write what is known of identifiers now, but for where they belong
// $rows: list of [node id, first_seen (ms), last_seen (ms), count, set_aside]
// returns nothing
UNWIND $rows AS row
MATCH (i) WHERE id(i) = row[0]
SET
  i.first_seen = datetime.fromEpochMillis(row[1]), i.last_seen = datetime.fromEpochMillis(row[2]),
  i.count = row[3], i.set_aside = row[4];
