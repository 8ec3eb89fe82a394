"""A store's records and a real model, from the command line: adopted, kept up, withdrawn."""

import csv
import json
from pathlib import Path

import pytest

RECORDS = Path(__file__).parents[1] / "data" / "records" / "fake_1000.csv"
POLICY = '[[namespace]]\nname = "record"\nlimit = 1\n\n[[namespace]]\nname = "email"\nnormalise = "email"\n'


def event(row: dict[str, str]) -> str:
    traits = {name: value for name, value in row.items() if name not in ("unique_id", "cluster") and value}
    return json.dumps({
        "type": "identify", "messageId": row["unique_id"], "timestamp": "2026-01-01T00:00:00Z", "traits": traits,
        "identifiers": [{"namespace": "record", "value": row["unique_id"]}],
    })  # fmt: skip


@pytest.fixture
def loaded(cli, tmp_path):
    with RECORDS.open() as file:
        lines = [event(row) for row in csv.DictReader(file)]
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "first.jsonl").write_text("\n".join(lines[:400]))
    (tmp_path / "later.jsonl").write_text("\n".join(lines[400:430]))
    assert cli("ingest", "first.jsonl", "--policy", "policy.toml").code == 0
    return cli


def test_a_model_that_is_learned_and_adopted_is_kept_up_with_and_leaves_nothing_when_it_is_withdrawn(loaded):
    before = loaded("export", "profiles").out
    adopted = json.loads(loaded("match", "adopt", "--format", "json").out)
    assert 395 <= adopted["records"] <= 400
    assert adopted["links"] > 200
    assert loaded("verify").code == 0
    again = json.loads(loaded("match", "store", "--format", "json").out)
    assert again == {**adopted, "touched": 0}
    assert loaded("match", "withdraw").code == 0
    assert loaded("export", "profiles").out == before
    assert loaded("verify").code == 0


def test_records_that_come_later_are_matched_as_they_come(loaded):
    loaded("match", "adopt")
    assert loaded("ingest", "later.jsonl").code == 0
    assert loaded("verify").code == 0
    assert json.loads(loaded("match", "store", "--format", "json").out)["touched"] == 0


def test_what_is_no_model_is_refused(loaded, tmp_path):
    (tmp_path / "model.json").write_text("{}")
    ran = loaded("match", "adopt", "model.json", "--format", "json")
    assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "input_invalid")
    ran = loaded("match", "adopt", "--namespace", "shoe", "--format", "json")
    assert "no namespace 'shoe'" in json.loads(ran.err)["error"]["message"]


def test_a_pair_that_waits_for_a_reviewer_is_shown_attribute_by_attribute(loaded):
    loaded("match", "adopt")
    loaded("review", "refresh")
    item = loaded("review", "list", "--format", "json").json["items"][0]
    assert item["rule"] == "matched"
    why = loaded("review", "show", item["id"], "--format", "json").json["why"]
    (weight,) = (one["figure"] for one in item["evidence"] if one["what"] == "weight in bits")
    assert why["prior"] + sum(bar["weight"] for bar in why["bars"]) == pytest.approx(weight, abs=0.001)
    shown = loaded("review", "show", item["id"]).out
    for bar in why["bars"]:
        assert bar["attribute"].split()[0] in shown


def test_who_walks_through_the_queue_is_not_asked_again_about_profiles_that_a_verdict_joined(loaded, monkeypatch):
    loaded("match", "adopt")
    loaded("review", "refresh")
    items = loaded("review", "list", "--limit", 200, "--format", "json").json["items"]
    shown = loaded("review", "show", items[0]["id"], "--format", "json").json["profiles"]
    members = [{one["identifier"] for one in profile["identifiers"]} for profile in shown]
    twins = {
        item["id"] for item in items[1:] if all(any(key in side for key in item["identifiers"]) for side in members)
    }
    assert twins
    letters = iter(["s"])
    monkeypatch.setattr("builtins.input", lambda _: next(letters, ""))
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "one birthday")
    walked = loaded("review", "walk").out
    assert f"{items[0]['id']}: decided same." in walked
    assert not [item for item in twins if item in walked]
