-- commits/append: number what a transaction did to profiles, and keep it, stamped by this machine's clock
-- rows of touched (digests of 15 bytes), changes (JSON array, or null)
-- returns nothing
INSERT INTO commits (at, touched, changes)
VALUES (CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER), ?1, ?2);
