-- migrations/0003_matching: the records that a model matches, the keys that find them, and the pairs that resemble
-- no parameters; returns nothing
-- fields: a JSON object, sorted
CREATE TABLE record (
    identifier INTEGER PRIMARY KEY,
    fields TEXT NOT NULL
);

CREATE TABLE record_key (
    key TEXT NOT NULL,
    identifier INTEGER NOT NULL,
    PRIMARY KEY (key, identifier)
) WITHOUT ROWID;
CREATE INDEX record_key_identifier ON record_key (identifier);

-- low is the identifier with the smaller key
CREATE TABLE candidate (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    score REAL NOT NULL,
    weight REAL NOT NULL,
    band TEXT NOT NULL,
    PRIMARY KEY (low, high)
) WITHOUT ROWID;
CREATE INDEX candidate_high ON candidate (high);
