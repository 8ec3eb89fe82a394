// The same events, identifiers and links as a careful person would load them, no more: each statement once a batch.
UNWIND $events AS row
MERGE (e:Event {id: row.id})
ON CREATE SET
  e.type = row.type, e.name = row.name, e.at = datetime({epochMillis: row.at}),
  e.received_at = datetime({epochMillis: row.received_at}), e.source = row.source, e.body = row.body,
  e.digest = row.digest;
UNWIND $identifiers AS row
MERGE (i:Identifier {key: row.key})
ON CREATE SET
  i.namespace = row.namespace, i.value = row.value, i.count = row.count,
  i.first_seen = datetime({epochMillis: row.first_seen}), i.last_seen = datetime({epochMillis: row.last_seen})
ON MATCH SET i.count = i.count + row.count, i.last_seen = datetime({epochMillis: row.last_seen});
UNWIND $names AS row
MATCH (e:Event {id: row.event})
MATCH (i:Identifier {key: row.key})
MERGE (e)-[:NAMES]->(i);
UNWIND $links AS row
MATCH (low:Identifier {key: row.low})
MATCH (high:Identifier {key: row.high})
MERGE (low)-[l:OBSERVED_WITH]->(high)
ON CREATE SET
  l.count = row.count, l.sources = row.sources, l.first_seen = datetime({epochMillis: row.first_seen}),
  l.last_seen = datetime({epochMillis: row.last_seen})
ON MATCH SET l.count = l.count + row.count, l.last_seen = datetime({epochMillis: row.last_seen});
