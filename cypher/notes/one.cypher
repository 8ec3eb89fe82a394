// notes/one: one note about the store itself; nobody is held off by it
// $note
// returns rows: list of its text, empty where there is none
OPTIONAL MATCH (n:Note {name: $note})
RETURN collect(n.text) AS rows;
