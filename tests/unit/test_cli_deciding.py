"""`decide` and `decisions`; `rebuild` and `verify`, which bring back and check what follows from them."""

import sqlite3

import pytest

from tests.unit.two_persons import profiles


def decide(cli, verdict, *more):
    return cli("decide", verdict, "user_id:u1", "user_id:u2", "--by", "kim", "--reason", "seen it", *more)


def test_deciding_same_merges_and_unsure_brings_the_earlier_profiles_back(loaded):
    before = profiles(loaded)
    merged = decide(loaded, "same", "--at", "2026-02-01", "--format", "json").json
    assert (merged["together"], len(merged["merged"]), merged["supersedes"]) == (True, 1, [])
    assert len(profiles(loaded)) == len(before) - 1
    back = decide(loaded, "unsure", "--at", "2026-02-02", "--format", "json").json
    assert (back["together"], len(back["split"])) == (False, 1)
    assert [one["verdict"] for one in back["supersedes"]] == ["same"]
    assert profiles(loaded) == before
    history = loaded("decisions", "--format", "json").json["decisions"]
    assert [(one["verdict"], one["in_force"]) for one in history] == [("same", False), ("unsure", True)]
    assert loaded("verify").code == 0


def test_an_earlier_decision_does_not_take_the_place_of_a_later_one(loaded):
    decide(loaded, "same", "--at", "2026-02-02")
    ran = decide(loaded, "different", "--at", "2026-02-01")
    assert "A later decision stands: same" in ran.out
    assert "They are in one profile now." in ran.out


def test_a_decision_on_what_no_event_has_named_needs_force(loaded):
    arguments = ("decide", "same", "user_id:u1", "user_id:u77", "--by", "kim", "--reason", "will come")
    ran = loaded(*arguments)
    assert ran.code == 1
    assert "--force" in ran.err
    assert "u77" not in ran.err
    assert loaded("decisions", "--format", "json").json["decisions"] == []
    assert loaded(*arguments, "--force").code == 0
    assert len(loaded("decisions", "--format", "json").json["decisions"]) == 1


@pytest.mark.parametrize(
    "more", [("--at", "2999-01-01"), ("--at", "soon"), ("--at", "1969-01-01"), ("--reason", " "), ("--by", "")]
)
def test_a_decision_that_says_nothing_or_lies_in_the_future_is_refused(loaded, more):
    ran = decide(loaded, "same", *more)
    assert (ran.code, ran.err.startswith("error: ")) == (2, True)


def test_rebuild_with_another_policy_brings_it_into_force(loaded, events, wide, policy):
    ran = loaded("ingest", events, "--policy", wide)
    assert (ran.code, "another policy" in ran.err) == (3, True)
    told = loaded("rebuild", "--policy", wide, "--format", "json").json
    assert told == {
        "policy_changed": True,
        "profiles_before": 3,
        "profiles_after": 2,
        "merged": 1,
        "split": 0,
        "gained": 0,
        "lost": 0,
        "unchanged": 1,
    }
    assert loaded("verify", "--policy", wide).code == 0
    assert loaded("rebuild", "--format", "json").json["policy_changed"] is False
    assert loaded("rebuild", "--policy", policy, "--format", "json").json["split"] == 1


def test_verify_exits_1_and_shows_what_differs(loaded, tmp_path):
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE identifier SET count = count + 1 WHERE key = 'user_id:u1'")
    connection.close()
    ran = loaded("verify", "--format", "json")
    assert (ran.code, ran.json["same"], ran.json["difference_count"]) == (1, False, 1)
    (difference,) = ran.json["differences"]
    assert (difference["what"], difference["where"]) == ("identifier", "user_id:u1")
    assert (difference["live"]["count"], difference["expected"]["count"]) == (3, 2)
    assert "user_id:u1" in loaded("verify").out
    assert loaded("rebuild").code == 0
    assert loaded("verify").code == 0
