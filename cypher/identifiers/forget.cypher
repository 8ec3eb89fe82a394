// identifiers/forget: forget identifiers that were held but never written
// $identifiers: list of node ids
// returns nothing
UNWIND $identifiers AS identifier
MATCH (i:Identifier) WHERE id(i) = identifier
DELETE i;
