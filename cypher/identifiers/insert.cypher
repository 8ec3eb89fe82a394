// identifiers/insert: write identifiers that are new, and held
// $rows: list of [node id, own (profile id), namespace, label, first_seen (ms), last_seen (ms), count, set_aside]
// returns nothing
UNWIND $rows AS row
MATCH (i) WHERE id(i) = row[0]
SET i:$(row[3]), i += {
  own: row[1], namespace: row[2], value: substring(i.key, size(row[2]) + 1),
  first_seen: datetime.fromEpochMillis(row[4]), last_seen: datetime.fromEpochMillis(row[5]),
  count: row[6], set_aside: row[7]
};
