// identifiers/by_own: the identifier whose own profile id this is
// $own: profile id
// returns rows: list of at most one key
MATCH (i:Identifier {own: $own})
RETURN collect(i.key) AS rows;
