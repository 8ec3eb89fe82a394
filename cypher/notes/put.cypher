// notes/put: write notes, each over the one of the same name
// $rows: list of [name, text], sorted
// returns nothing
UNWIND $rows AS row
MERGE (n:Note {name: row[0]})
SET n.text = row[1];
