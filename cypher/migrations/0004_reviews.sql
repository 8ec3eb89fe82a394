-- migrations/0004_reviews: the review queue: items, the identifiers that they are about, and what reviewers did
-- no parameters; returns nothing
-- keys, reasons and evidence are JSON arrays; found: 1 while it is found; acts: how many there are on it
CREATE TABLE review_item (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    keys TEXT NOT NULL,
    score REAL NOT NULL,
    gain REAL NOT NULL,
    reasons TEXT NOT NULL,
    evidence TEXT NOT NULL,
    found INTEGER NOT NULL,
    state TEXT NOT NULL,
    until INTEGER,
    assignee TEXT,
    ruling TEXT,
    acts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_item_gain ON review_item (gain DESC, id);

CREATE TABLE review_item_key (
    key TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (key, item)
) WITHOUT ROWID;

CREATE TABLE review_act (
    id TEXT PRIMARY KEY,
    item TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    text TEXT NOT NULL,
    ruling TEXT,
    until INTEGER,
    settles INTEGER NOT NULL,
    undoes TEXT,
    decision TEXT
) WITHOUT ROWID;
CREATE INDEX review_act_item ON review_act (item);
