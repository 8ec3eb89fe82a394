-- identifiers/place: change where identifiers belong, or why they are set aside
-- rows of id, set_aside, cluster, profile (these two: ids of anchors), contested (1 or 0)
-- returns nothing
UPDATE identifier SET set_aside = ?2, cluster = ?3, profile = ?4, contested = ?5 WHERE id = ?1;
