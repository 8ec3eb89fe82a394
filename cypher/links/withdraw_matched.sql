-- links/withdraw_matched: forget the matched links of pairs
-- rows of low (id), high (id)
-- returns nothing
DELETE FROM link WHERE low = ?1 AND high = ?2 AND kind = 'matched';
