-- commits/prune: forget the oldest commits
-- :last (the number of the last one to forget); :limit
-- returns nothing
DELETE FROM commits WHERE seq IN (SELECT seq FROM commits WHERE seq <= :last ORDER BY seq LIMIT :limit);
