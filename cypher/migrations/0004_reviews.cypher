// migrations/0004_reviews: the review queue: items, the identifiers that they are about, and what reviewers did; several,
// each safe to run again
// no parameters
// returns nothing
CREATE CONSTRAINT review_item_id IF NOT EXISTS FOR (i:ReviewItem) REQUIRE i.id IS UNIQUE;
CREATE CONSTRAINT review_subject_key IF NOT EXISTS FOR (s:ReviewSubject) REQUIRE s.key IS UNIQUE;
CREATE CONSTRAINT review_act_id IF NOT EXISTS FOR (a:ReviewAct) REQUIRE a.id IS UNIQUE;
CREATE INDEX review_act_item IF NOT EXISTS FOR (a:ReviewAct) ON (a.item);
CREATE INDEX review_item_gain IF NOT EXISTS FOR (i:ReviewItem) ON (i.gain);
