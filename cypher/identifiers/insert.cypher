// identifiers/insert: write identifiers that are new, and held
// $rows: list of [node id, own (profile id), namespace, label, first_seen (ms), last_seen (ms), count, set_aside]
// returns nothing
UNWIND $rows AS row
MATCH (i:Identifier) WHERE id(i) = row[0]
SET
  i.own = row[1], i.namespace = row[2], i.value = substring(i.key, size(row[2]) + 1), i:$(row[3]),
  i.first_seen = datetime.fromEpochMillis(row[4]), i.last_seen = datetime.fromEpochMillis(row[5]),
  i.count = row[6], i.set_aside = row[7];
