-- matching/put_records: write records, each in place of that of its identifier
-- rows of identifier (id), fields (JSON object)
-- returns nothing
INSERT OR REPLACE INTO record (identifier, fields) VALUES (?1, ?2);
