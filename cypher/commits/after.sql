-- commits/after: what commits did to profiles, those after a number
-- :seq; :limit
-- returns seq, at, touched (digests of 15 bytes), changes (JSON array, or null); by seq
SELECT seq, at, touched, changes FROM commits WHERE seq > :seq ORDER BY seq LIMIT :limit;
