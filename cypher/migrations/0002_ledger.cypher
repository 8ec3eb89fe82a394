// migrations/0002_ledger: what commits did to profiles, API keys, and the audit log; several, each safe to run again
// no parameters
// returns nothing
CREATE CONSTRAINT ledger_name IF NOT EXISTS FOR (l:Ledger) REQUIRE l.name IS UNIQUE;
CREATE CONSTRAINT commit_seq IF NOT EXISTS FOR (c:Commit) REQUIRE c.seq IS UNIQUE;
CREATE CONSTRAINT api_key_id IF NOT EXISTS FOR (k:ApiKey) REQUIRE k.id IS UNIQUE;
CREATE CONSTRAINT audit_seq IF NOT EXISTS FOR (a:AuditEntry) REQUIRE a.seq IS UNIQUE;
