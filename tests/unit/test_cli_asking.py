"""`profile`, `explain` and `stats`: what a store holds, and why."""

import pytest


def test_a_profile_is_found_by_any_identifier_by_its_id_and_by_earlier_ids(loaded, policy):
    by_mail = loaded("profile", "email:ann@SHOP.example.org", "--format", "json").json
    assert [one["identifier"] for one in by_mail["identifiers"]] == [
        "user_id:u1",
        "email:ann@shop.example.org",
        "device_id:d1",
    ]
    assert by_mail["traits"]["first_name"] == {
        "value": "Ann",
        "source": "web",
        "at": "2026-01-01T00:00:00.000Z",
        "event": "1",
        "identifier": "user_id:u1",
    }
    assert [one["id"] for one in by_mail["events"]] == ["2", "1"]
    assert by_mail["cluster_size"] == 5
    assert len(by_mail["refusals"]) == 2
    assert loaded("profile", by_mail["id"], "--format", "json").json == by_mail


def test_a_profile_as_of_a_time_knows_nothing_later(loaded):
    then = loaded("profile", "anonymous_id:a1", "--as-of", "2026-01-02T12:00:00Z", "--format", "json").json
    assert then["anchor"] == "user_id:u1"
    assert loaded("profile", "anonymous_id:a1", "--format", "json").json["anchor"] == "user_id:u2"
    ran = loaded("profile", "anonymous_id:a1", "--as-of", "2025-01-01")
    assert (ran.code, "No event up to then" in ran.err) == (1, True)


def test_an_identifier_that_is_set_aside_has_no_profile(loaded):
    ran = loaded("profile", "user_id:null", "--format", "json")
    assert (ran.code, ran.json["id"], ran.json["set_aside"]) == (1, None, "blocked")
    told = loaded("profile", "user_id:null").out
    assert "belongs to no profile" in told
    assert "Named by one event, " in told


@pytest.mark.parametrize("name", ["email:nobody@shop.example.org", "pro_aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_what_is_not_known_exits_1(loaded, name):
    ran = loaded("profile", name)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: No ")


def test_explain_shows_the_path_with_its_evidence(loaded):
    found = loaded("explain", "device_id:d1", "email:ann@shop.example.org", "--format", "json").json
    assert found["verdict"] == "same_profile"
    assert [(step["a"], step["b"], step["count"], step["sources"]) for step in found["path"]] == [
        ("device_id:d1", "user_id:u1", 1, ["app"]),
        ("email:ann@shop.example.org", "user_id:u1", 1, ["web"]),
    ]
    assert found["path"][0]["examples"][0]["id"] == "2"


def test_explain_shows_what_keeps_two_apart(loaded):
    found = loaded("explain", "user_id:u1", "user_id:u2", "--format", "json").json
    assert found["verdict"] == "kept_apart"
    assert {one["namespace"] for one in found["refusals"]} == {"user_id"}
    text = loaded("explain", "user_id:u1", "user_id:u2").out
    assert "more user_id than the limit" in text


def test_explain_shows_what_is_set_aside(loaded):
    found = loaded("explain", "user_id:null", "anonymous_id:a9", "--format", "json").json
    assert (found["verdict"], found["set_aside"][0]["reason"]) == ("set_aside", "blocked")


def test_stats_count_sizes_and_tell_signs_of_health(loaded):
    found = loaded("stats", "--format", "json").json
    assert found["sizes"]["events"] == 4
    assert found["namespaces"][0] == {"namespace": "user_id", "identifiers": 3, "blocked": 1, "shared": 0}
    assert [bucket["count"] for bucket in found["profile_sizes"][:3]] == [1, 1, 1]
    assert found["refusals"] == [{"reason": "limit", "namespace": "user_id", "count": 2}]
    assert found["largest_clusters"][0] == {"anchor": "user_id:u1", "identifiers": 5, "profiles": 2}
    assert all(0 <= sign["share"] <= 1 and sign["meaning"] for sign in found["signs"])
    assert "Signs of health" in loaded("stats").out


def test_names_and_births_that_do_not_fit_together_show_in_the_signs(cli, write, policy):
    rows = [
        {
            "messageId": name,
            "userId": "u1",
            "timestamp": "2026-01-01",
            "traits": {"first_name": name, "birth_date": f"1980-01-0{day}"},
        }
        for day, name in enumerate(("Ann", "ann ", "Bob", "Cy", "Di"), 1)
    ]
    cli("ingest", write("e.jsonl", *rows), "--policy", policy)
    signs = {sign["name"]: sign for sign in cli("stats", "--format", "json").json["signs"]}
    assert signs["identifiers named with more than 3 given names"]["share"] == 1
    assert signs["profiles with more than one date of birth"]["share"] == 1
