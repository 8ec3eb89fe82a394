-- identifiers/place: change where identifiers belong, or why they are set aside
-- rows of id, set_aside, cluster, profile (the last two: ids of anchors)
-- returns nothing
UPDATE identifier SET set_aside = ?2, cluster = ?3, profile = ?4 WHERE id = ?1;
