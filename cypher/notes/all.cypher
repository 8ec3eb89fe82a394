// notes/all: all notes about the store itself
// no parameters
// returns rows: list of [name, text]
MATCH (n:Note)
RETURN collect([n.name, n.text]) AS rows;
