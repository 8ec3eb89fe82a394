// notes/lock: hold all notes by a write lock on the one that every store has; then read them
// no parameters
// returns rows: list of [name, text]
MATCH (version:Note {name: 'schema_version'})
REMOVE version.lock
WITH count(*) AS held
MATCH (n:Note)
RETURN collect([n.name, n.text]) AS rows;
