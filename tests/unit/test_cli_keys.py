"""`graph-cdp keys` and `graph-cdp audit`: what they show, what they keep, and what they refuse."""

import getpass
from pathlib import Path

import pytest


def make(cli, *more):
    ran = cli("keys", "make", "--label", "website", "--scope", "collect", *more, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.json


def test_a_key_is_shown_once_and_kept_nowhere(cli):
    made = make(cli, "--scope", "read:pii")
    assert made["key"].startswith(f"gcdp_{made['id']}_")
    listed = cli("keys", "list", "--format", "json").json["keys"]
    assert listed == [{name: value for name, value in made.items() if name != "key"}]
    assert (made["scopes"], made["source"]) == (["collect", "read:pii"], "website")
    secret = made["key"].rpartition("_")[2].encode()
    assert all(secret not in file.read_bytes() for file in Path().glob("store.db*"))


def test_a_revoked_key_is_marked_and_stays_listed(cli):
    made = make(cli, "--source", "web")
    revoked = cli("keys", "revoke", made["id"], "--format", "json").json
    assert revoked["revoked_at"] >= made["made_at"]
    assert cli("keys", "revoke", made["id"], "--format", "json").json == revoked
    assert cli("keys", "list", "--format", "json").json["keys"] == [revoked]
    assert made["id"] in cli("keys", "list").out


def test_the_audit_log_names_who_was_given_else_the_login_name(cli):
    made = make(cli, "--by", "kim")
    cli("keys", "revoke", made["id"])
    log = cli("audit", "--format", "json").json
    assert [(one["who"], one["action"], one["subject"]) for one in log["entries"]] == [
        ("kim", "make_key", made["id"]),
        (getpass.getuser(), "revoke_key", made["id"]),
    ]
    assert log["next"] is None
    assert cli("audit", "--limit", "1", "--format", "json").json["next"] == 1
    assert [one["seq"] for one in cli("audit", "--after", "1", "--format", "json").json["entries"]] == [2]
    assert cli("audit", "--who", "nobody", "--format", "json").json["entries"] == []
    assert "revoke_key" in cli("audit").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("keys", "make", "--label", " ", "--scope", "read"), 2),
        (("keys", "make", "--label", "x", "--scope", "everything"), 2),
        (("keys", "make", "--label", "x"), 2),
        (("keys", "list"), 3),
        (("audit",), 3),
    ],
)
def test_what_cannot_be_used_is_refused_and_makes_no_store(cli, arguments, code):
    assert cli(*arguments).code == code
    assert not Path("store.db").exists()


def test_making_a_key_settles_no_policy(cli, write):
    make(cli)
    write("events.jsonl", {"messageId": "1", "timestamp": "2026-01-01T00:00:00Z", "userId": "u1", "type": "track"})
    Path("policy.toml").write_text('[[namespace]]\nname = "user_id"\n')
    assert cli("ingest", "events.jsonl", "--policy", "policy.toml").code == 0
