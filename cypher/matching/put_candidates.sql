-- matching/put_candidates: write pairs of records that resemble each other
-- rows of low (id), high (id), score, weight, band
-- returns nothing
INSERT OR REPLACE INTO candidate (low, high, score, weight, band) VALUES (?1, ?2, ?3, ?4, ?5);
