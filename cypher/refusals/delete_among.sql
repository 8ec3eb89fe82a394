-- refusals/delete_among: forget the refusals that begin at identifiers
-- rows of low (id)
-- returns nothing
DELETE FROM refusal WHERE low = ?1;
