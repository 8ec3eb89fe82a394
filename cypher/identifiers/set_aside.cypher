// identifiers/set_aside: change why identifiers are set aside
// $rows: list of [node id, set_aside (null: they are not)]
// returns nothing
UNWIND $rows AS row
MATCH (i:Identifier) WHERE id(i) = row[0]
SET i.set_aside = row[1];
