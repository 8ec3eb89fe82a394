-- migrations/0002_ledger: what commits did to profiles, API keys, and the audit log
-- no parameters; returns nothing
-- touched: digests of profile ids, 15 bytes each, one behind the other; changes: a JSON array, null for none
CREATE TABLE commits (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    touched BLOB NOT NULL,
    changes TEXT
);

-- scopes is a JSON array
CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    source TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE TRIGGER audit_lasts BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log keeps its entries'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log keeps its entries'); END;
-- Replacing a row would run no trigger for deletion.
CREATE TRIGGER audit_grows BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = new.seq)
BEGIN SELECT RAISE(ABORT, 'the audit log keeps its entries'); END;
