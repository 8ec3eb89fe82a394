// events/append: store events that are not stored yet
// $rows: list of [id, at (ms), received_at (ms), type, name, source, channel, body (JSON text), digest (hexadecimal)]
// returns rows: list of node ids, in the order given
UNWIND $rows AS row
CREATE (e:Event {
  id: row[0], at: datetime.fromEpochMillis(row[1]), received_at: datetime.fromEpochMillis(row[2]),
  type: row[3], name: row[4], source: row[5], channel: row[6], body: row[7], digest: row[8]
})
RETURN collect(id(e)) AS rows;
