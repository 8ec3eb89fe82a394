-- migrations/0001_identity_graph: the identity graph: events, identifiers, links, refusals, traits, decisions
-- no parameters; returns nothing
-- A row is found by its hash, without an index over long random texts: 60 bits of a keyed hash of the key or id. Two may
-- share one, so whoever looks up compares the text too. That of an identifier is the beginning of the profile id that it
-- has as an anchor, as a number that lies in the order of the ids. Hashes come in no order, and each would dirty a page of
-- a large index: they wait in `..._new`, which stays small, and go on from there many neighbours at a time.
-- `cluster` and `profile` are the ids of the anchors; null for an identifier that is set aside.
CREATE TABLE identifier (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    count INTEGER NOT NULL,
    set_aside TEXT,
    cluster INTEGER,
    profile INTEGER,
    contested INTEGER NOT NULL DEFAULT 0,
    namespace TEXT GENERATED ALWAYS AS (substr(key, 1, instr(key, ':') - 1)) VIRTUAL
);
CREATE INDEX identifier_cluster ON identifier (cluster) WHERE cluster IS NOT NULL;

CREATE TABLE identifier_hash (
    hash INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (hash, id)
) WITHOUT ROWID;
CREATE TABLE identifier_hash_new (
    hash INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (hash, id)
) WITHOUT ROWID;
CREATE VIEW identifier_by_hash AS
SELECT hash, id FROM identifier_hash UNION ALL SELECT hash, id FROM identifier_hash_new;

-- identifier: the id of the anchor
CREATE VIEW profile AS
SELECT a.id AS identifier, a.key AS anchor, a.namespace, a.cluster,
    (SELECT min(m.first_seen) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS first_seen,
    (SELECT max(m.last_seen) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS last_seen,
    (SELECT count(*) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS identifiers
FROM identifier AS a
WHERE a.profile = a.id;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    name TEXT,
    source TEXT NOT NULL,
    channel TEXT,
    body BLOB NOT NULL,
    digest BLOB NOT NULL
);

CREATE TABLE event_hash (
    hash INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (hash, seq)
) WITHOUT ROWID;
CREATE TABLE event_hash_new (
    hash INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (hash, seq)
) WITHOUT ROWID;
CREATE VIEW event_by_hash AS SELECT hash, seq FROM event_hash UNION ALL SELECT hash, seq FROM event_hash_new;

-- owns: 1 on the row of the identifier whose event it is
CREATE TABLE names (
    identifier INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event INTEGER NOT NULL,
    owns INTEGER NOT NULL,
    PRIMARY KEY (identifier, at, event)
) WITHOUT ROWID;

-- low and high are identifiers, low the one with the smaller key; sources is a sorted JSON array
CREATE TABLE link (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    sources TEXT NOT NULL,
    score REAL,
    PRIMARY KEY (low, high, kind)
) WITHOUT ROWID;
CREATE INDEX link_high ON link (high, low);

CREATE TABLE refusal (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    namespace TEXT,
    PRIMARY KEY (low, high, kind)
) WITHOUT ROWID;
CREATE INDEX refusal_high ON refusal (high);

CREATE TABLE trait (
    identifier INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    source TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (identifier, name)
) WITHOUT ROWID;

-- by key and not by identifier: a pair may be judged before an event names it
CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    low TEXT NOT NULL,
    high TEXT NOT NULL,
    verdict TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX decision_low ON decision (low);
CREATE INDEX decision_high ON decision (high);
