-- migrations/0001_identity_graph: the identity graph: events, identifiers, links, refusals, traits, decisions
-- no parameters; returns nothing
-- `hash` finds a row without an index over long random texts, which would dirty a page for every new row: 60 bits of
-- a keyed hash of the key or id. Two may share one, so whoever looks up compares the text too. That of an identifier is
-- the beginning of the profile id that it has as an anchor, as a number that lies in the order of the ids.
-- `cluster` and `profile` are the ids of the anchors; null for an identifier that is set aside.
CREATE TABLE identifier (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    hash INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    count INTEGER NOT NULL,
    set_aside TEXT,
    cluster INTEGER,
    profile INTEGER,
    contested INTEGER NOT NULL DEFAULT 0,
    namespace TEXT GENERATED ALWAYS AS (substr(key, 1, instr(key, ':') - 1)) VIRTUAL
);
CREATE INDEX identifier_hash ON identifier (hash);
CREATE INDEX identifier_cluster ON identifier (cluster) WHERE cluster IS NOT NULL;

-- identifier: the id of the anchor; hash: that of the anchor, in the order of the profile ids
CREATE VIEW profile AS
SELECT a.id AS identifier, a.key AS anchor, a.hash, a.namespace, a.cluster,
    (SELECT min(m.first_seen) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS first_seen,
    (SELECT max(m.last_seen) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS last_seen,
    (SELECT count(*) FROM identifier AS m WHERE m.cluster = a.cluster AND m.profile = a.id) AS identifiers
FROM identifier AS a
WHERE a.profile = a.id;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    hash INTEGER NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    name TEXT,
    source TEXT NOT NULL,
    channel TEXT,
    body BLOB NOT NULL,
    digest BLOB NOT NULL
);
CREATE INDEX event_hash ON event (hash);

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
