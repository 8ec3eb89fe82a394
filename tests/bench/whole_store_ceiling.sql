-- whole_store_ceiling: the integer ids of both ends of every link
-- identifiers: key, id; links: low, high (Arrow tables registered under these names)
-- returns low, high; one row a link, in any order
SELECT low_end.id AS low, high_end.id AS high
FROM links
JOIN identifiers AS low_end ON low_end.key = links.low
JOIN identifiers AS high_end ON high_end.key = links.high
