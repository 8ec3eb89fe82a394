"""`simulate`: what would be, with nothing written."""

import pytest

from tests.unit.two_persons import profiles


def test_simulate_gives_profiles_refusals_and_what_is_set_aside_and_writes_nothing(cli, events, policy, tmp_path):
    ran = cli("simulate", events, "--policy", policy, "--format", "json")
    outcome = ran.json
    assert ran.code == 0
    assert [one["identifiers"] for one in sorted(outcome["profiles"], key=lambda one: one["identifiers"])] == [
        ["anonymous_id:a1", "user_id:u2"],
        ["anonymous_id:a9"],
        ["device_id:d1", "email:ann@shop.example.org", "user_id:u1"],
    ]
    assert {(one["a"], one["b"], one["reason"], one["namespace"]) for one in outcome["refusals"]} == {
        ("anonymous_id:a1", "user_id:u1", "limit", "user_id"),
        ("anonymous_id:a1", "email:ann@shop.example.org", "limit", "user_id"),
    }
    assert outcome["set_aside"] == [{"identifier": "user_id:null", "reason": "blocked"}]
    assert outcome["counts"]["events"] == 4
    assert not (tmp_path / "store.db").exists()


def test_simulate_and_ingest_agree(loaded, events, policy):
    outcome = loaded("simulate", events, "--policy", policy, "--format", "json").json
    assert {one["id"]: one["identifiers"] for one in outcome["profiles"]} == profiles(loaded)


def test_simulate_against_another_policy_tells_what_changes(cli, events, policy, wide):
    ran = cli("simulate", events, "--policy", wide, "--against", policy, "--format", "json")
    against = ran.json["against"]
    assert [len(one["from"]) for one in against["merged"]] == [2]
    assert (against["split"], against["gained"], against["lost"], against["unchanged"]) == ([], [], [], 1)
    back = cli("simulate", events, "--policy", policy, "--against", wide, "--format", "json").json["against"]
    assert [len(one["into"]) for one in back["split"]] == [2]


def test_simulate_tells_of_a_store_what_another_policy_would_change_and_leaves_it_alone(loaded, events, policy, wide):
    before = profiles(loaded)
    told = loaded("simulate", "--policy", wide, "--format", "json").json
    assert told["against"] == loaded(
        "simulate", events, "--policy", wide, "--against", policy, "--format", "json"
    ).json["against"]  # fmt: skip
    assert loaded("simulate", "--format", "json").json["against"]["unchanged"] == len(before)
    assert profiles(loaded) == before
    loaded("rebuild", "--policy", wide)
    assert {one["id"]: one["identifiers"] for one in told["profiles"]} == profiles(loaded)


def test_simulate_follows_decisions_whatever_the_case_they_are_written_in(cli, events, policy, write):
    decision = {"a": "email:ANN@shop.example.org", "b": "user_id:u2", "verdict": "same",
                "at": "2026-02-01T00:00:00Z", "by": "kim", "reason": "one person"}  # fmt: skip
    ran = cli("simulate", events, "--policy", policy, "--decisions", write("d.jsonl", decision), "--format", "json")
    largest = max(ran.json["profiles"], key=lambda one: len(one["identifiers"]))
    assert {"email:ann@shop.example.org", "user_id:u2"} <= set(largest["identifiers"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"verdict": "maybe"}, "'verdict' must be one of same, different, unsure"),
        ({"a": "email"}, "namespace:value"),
        ({"b": "fax:1"}, "no such namespace"),
        ({"at": "yesterday"}, "A time is written as"),
        ({"b": "email:Ann@shop.example.org"}, "one identifier"),
        ({"by": 7}, "'by' must be text"),
    ],
)
def test_a_faulty_decision_is_told_with_its_line(cli, events, policy, write, wrong, told):
    right = {"a": "email:ann@shop.example.org", "b": "user_id:u2", "verdict": "same", "at": "2026-02-01", "by": "kim"}
    path = write("d.jsonl", right, right | wrong)
    ran = cli("simulate", events, "--policy", policy, "--decisions", path)
    assert ran.code == 2
    assert f"{path}:2: " in ran.err
    assert told in ran.err
