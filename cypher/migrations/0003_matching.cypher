// migrations/0003_matching: the keys that find the records that a model matches
// no parameters
// returns nothing
CREATE CONSTRAINT blocking_key IF NOT EXISTS FOR (k:BlockingKey) REQUIRE k.key IS UNIQUE;
