-- decisions/any: whether any decision was ever recorded
-- no parameters
-- returns any (1 or 0)
SELECT EXISTS (SELECT 1 FROM decision) AS "any";
