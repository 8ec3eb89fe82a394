"""The commands do what the page of the command line says: results, exit codes, what stays as it was."""

import csv
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from graph_cdp import __version__

ANN_A = {
    "messageId": "1",
    "timestamp": "2026-01-01T00:00:00Z",
    "source": "web",
    "userId": "u1",
    "anonymousId": "a1",
    "traits": {"email": "Ann@shop.example.org", "first_name": "Ann", "birth_date": "1980-01-01"},
}
ANN_B = {"messageId": "2", "timestamp": "2026-01-02T00:00:00Z", "source": "app", "userId": "u1",
         "context": {"device": {"id": "d1"}}}  # fmt: skip
BOB = {"messageId": "3", "timestamp": "2026-01-03T00:00:00Z", "source": "app", "userId": "u2", "anonymousId": "a1",
       "traits": {"first_name": "Bob"}}  # fmt: skip
NOBODY = {"messageId": "4", "timestamp": "2026-01-04T00:00:00Z", "userId": "null", "anonymousId": "a9"}
POLICY = """
[[namespace]]
name = "user_id"
limit = 1
[[namespace]]
name = "email"
normalise = "email"
[[namespace]]
name = "device_id"
[[namespace]]
name = "anonymous_id"
"""
# Without limits Ann and Bob, who were at one browser, are one.
WIDE = POLICY.replace("limit = 1\n", "")


@pytest.fixture
def events(write) -> Path:
    return write("events.jsonl", ANN_A, ANN_B, BOB, NOBODY)


@pytest.fixture
def policy(tmp_path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def wide(tmp_path) -> Path:
    path = tmp_path / "wide.toml"
    path.write_text(WIDE)
    return path


@pytest.fixture
def loaded(cli, events, policy):
    assert cli("ingest", events, "--policy", policy).code == 0
    return cli


def profiles(cli) -> dict[str, list[str]]:
    return {row["id"]: row["identifiers"] for row in cli("export", "profiles").rows}


def test_ingest_counts_every_row_and_tells_the_namespaces_it_does_not_know(cli, write, policy):
    odd = {"identifiers": [{"namespace": "fax", "value": "1"}, {"namespace": "email", "value": "no address"}]}
    ran = cli("ingest", write("e.jsonl", ANN_A, ANN_A, ANN_A | {"type": "page"}, odd), "--policy", policy,
              "--format", "json")  # fmt: skip
    total = ran.json["total"]
    del total["seconds"]
    assert total == {
        "rows": 4,
        "accepted": 2,
        "duplicates": 1,
        "conflicts": 1,
        "rejected": 0,
        "unknown_namespaces": {"fax": 1},
        "invalid_values": {"email": 1},
    }
    assert ran.code == 1, "the conflict is a row that was not taken"


def test_rows_that_contradict_another_of_their_id_are_told_with_their_lines(cli, write):
    contents = (ANN_A | {"type": kind} for kind in ("page", "screen", "track", "page"))
    ran = cli("ingest", write("e.jsonl", ANN_A, *contents), "--format", "json")
    assert (ran.json["total"]["accepted"], ran.json["total"]["conflicts"]) == (1, 4)
    again = cli("ingest", write("f.jsonl", BOB, ANN_A | {"type": "alias"}), "--format", "json")
    rejects = [
        orjson.loads(line) for path in (ran, again) for line in Path(path.json["rejects"]).read_bytes().splitlines()
    ]
    assert [one["line"] for one in rejects[:3]] == [2, 3, 4]
    assert rejects[-1]["line"] == 2


def test_ingesting_again_reads_nothing_again(loaded, events):
    before = profiles(loaded)
    ran = loaded("ingest", events, "--format", "json")
    assert (ran.code, ran.json["files"][0]["loaded_before"]) == (0, True)
    assert profiles(loaded) == before


def test_rejected_rows_go_to_a_file_with_line_and_reason_and_the_others_load(cli, tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_bytes(orjson.dumps(ANN_A) + b"\nnonsense\n" + orjson.dumps(BOB) + b'\n{"userId": 7}\n')
    ran = cli("ingest", path, "--format", "json")
    assert (ran.code, ran.json["total"]["accepted"], ran.json["total"]["rejected"]) == (1, 2, 2)
    rejects = [orjson.loads(line) for line in Path(ran.json["rejects"]).read_bytes().splitlines()]
    assert sorted((one["line"], one["reason"].split(":")[0]) for one in rejects) == [
        (2, "invalid JSON at column 1"),
        (4, "userId"),
    ]


def test_a_guessed_mapping_is_shown_before_loading(cli, tmp_path):
    (tmp_path / "people.csv").write_text("E-Mail,City\nann@shop.example.org,Oslo\nbob@shop.example.org,Rome\n")
    ran = cli("ingest", "people.csv")
    assert ran.code == 0
    assert "identifier email" in ran.err
    assert "trait" in ran.err
    assert cli("profile", "email:ann@shop.example.org", "--format", "json").json["traits"]["city"]["value"] == "Oslo"


def test_a_given_mapping_is_followed_and_source_names_the_rows(cli, tmp_path):
    (tmp_path / "people.csv").write_text("who,town\nann@shop.example.org,Oslo\n")
    (tmp_path / "m.toml").write_text('[identifiers]\nwho = "email"\n[traits]\ntown = "city"\n')
    ran = cli("ingest", "people.csv", "--mapping", "m.toml", "--source", "crm", "--format", "json")
    assert ran.json["files"][0]["mapping"]["identifiers"] == {"who": "email"}
    trait = cli("profile", "email:ann@shop.example.org", "--format", "json").json["traits"]["city"]
    assert (trait["value"], trait["source"]) == ("Oslo", "crm")


def test_an_interrupted_load_continues_where_it_stopped(cli, tmp_path):
    count = 8_000
    (tmp_path / "e.jsonl").write_bytes(
        b"".join(orjson.dumps(ANN_A | {"messageId": str(n), "userId": f"u{n % 500}"}) + b"\n" for n in range(count))
    )
    command = [sys.executable, "-c", "from graph_cdp.cli import main; main()", "ingest", "e.jsonl"]
    environment = {**os.environ, "GRAPH_CDP_BATCH_EVENTS": "20"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as loading:
        while stored(tmp_path / "store.db") < 100:
            assert loading.poll() is None
        loading.send_signal(signal.SIGINT)
        told = loading.communicate()[1]
    assert (loading.returncode, told) == (130, "error: interrupted; run the same command again to continue\n")
    assert 100 <= stored(tmp_path / "store.db") < count
    assert cli("ingest", "e.jsonl", "--format", "json").json["total"]["accepted"] == count
    assert stored(tmp_path / "store.db") == count
    assert cli("verify").code == 0


def stored(path: Path) -> int:
    """How many events are durable, seen from outside."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM event").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # there is no table yet


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
    assert "belongs to no profile" in loaded("profile", "user_id:null").out


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


def test_an_exported_store_loads_into_an_equal_one(loaded, policy):
    assert loaded("export", "events", "--output", "out.jsonl").code == 0
    other = ("--store", "sqlite:///other.db")
    assert loaded("ingest", "out.jsonl", "--policy", policy, *other).code == 0
    for what in ("profiles", "links", "refusals", "events"):
        assert loaded("export", what).out == loaded("export", what, *other).out


def test_a_profile_line_has_id_identifiers_and_traits(loaded):
    rows = loaded("export", "profiles").rows
    ann = next(row for row in rows if "user_id:u1" in row["identifiers"])
    assert ann["traits"] == {"birth_date": "1980-01-01", "email": "Ann@shop.example.org", "first_name": "Ann"}
    assert set(ann) == {"id", "identifiers", "traits"}


@pytest.mark.parametrize("what", ["profiles", "links", "refusals", "events"])
def test_csv_and_parquet_hold_the_same_rows(loaded, what, tmp_path):
    lines = loaded("export", what).rows
    table = list(csv.DictReader(StringIO(loaded("export", what, "--format", "csv").out)))
    assert loaded("export", what, "--format", "parquet", "--output", "out.parquet").code == 0
    packed = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(lines) == len(table) == len(packed) > 0
    for line, cells, row in zip(lines, table, packed, strict=True):
        if what == "events":
            assert orjson.loads(cells["event"]) == orjson.loads(row["event"]) == line
        else:
            assert list(cells) == list(row) == list(line)
            assert cells["id" if what == "profiles" else "a"] == row["id" if what == "profiles" else "a"]
    assert not list(tmp_path.glob(".*.part"))


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


def test_policy_check_tells_every_problem_with_line_and_key(cli, tmp_path, policy):
    assert cli("policy", "check", policy).code == 0
    (tmp_path / "bad.toml").write_text('[[namespace]]\nname = "a"\nlimit = 0\n\n[[namespace]]\nname = "a"\n')
    ran = cli("policy", "check", "bad.toml", "--format", "json")
    assert (ran.code, ran.json["usable"]) == (2, False)
    assert [(one["line"], one["key"]) for one in ran.json["problems"]] == [
        (3, "namespace[0].limit"),
        (6, "namespace[1].name"),
    ]
    assert "bad.toml:3: namespace[0].limit" in cli("policy", "check", "bad.toml").out


def test_config_tells_origins_and_hides_secrets(cli, monkeypatch):
    monkeypatch.setenv("GRAPH_CDP_STORE", "neo4j://neo4j:geheimnis@localhost:7687")
    monkeypatch.setenv("GRAPH_CDP_STOER", "x")
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", "a key that nobody may see")
    ran = cli("config", "--format", "json")
    by_name = {one["variable"]: one for one in ran.json["settings"]}
    assert by_name["GRAPH_CDP_STORE"]["origin"] == "environment"
    assert by_name["GRAPH_CDP_BATCH_EVENTS"]["origin"] == "default"
    assert "GRAPH_CDP_STORE?" in ran.json["warnings"][0]
    for told in (ran.out, cli("config").out):
        assert "geheimnis" not in told
        assert "nobody may see" not in told


def test_the_demo_agrees_with_its_truth_and_leaves_a_store_that_verifies(cli, tmp_path):
    ran = cli("demo", "--persons", "100", "--dir", "shop", "--format", "json")
    shown = ran.json
    assert ran.code == 0
    assert shown["score"]["precision"] > 0.9
    assert shown["score"]["recall"] > 0.9 * shown["score"]["recall_ceiling"]
    assert shown["explanation"]["verdict"] == "same_profile"
    assert shown["refusal"]["verdict"] == "kept_apart"
    assert cli("verify", "--store", shown["store"]).code == 0
    again = cli("demo", "--persons", "100", "--dir", "shop")
    assert (again.code, "without events" in again.err) == (2, True)


def test_the_demo_shows_what_it_found_and_what_to_run_next(cli):
    out = cli("demo", "--persons", "100", "--dir", "shop").out
    for words in ("precision", "recall", "Profile pro_", "strongest path", "refused", "export GRAPH_CDP_STORE="):
        assert words in out


def test_neo4j_of_a_folder_without_one_is_not_running(cli, tmp_path):
    ran = cli("neo4j", "status", "--dir", "none", "--format", "json")
    assert (ran.code, ran.json) == (1, {"running": False, "version": None, "dir": str(tmp_path / "none")})
    assert cli("neo4j", "stop", "--dir", "none").code == 1
    ran = cli("neo4j", "path", "--version", "5", "--format", "json")
    assert (ran.code, orjson.loads(ran.err)["error"]["code"]) == (3, "local_neo4j")


COMMANDS = [
    ["demo"], ["ingest"], ["simulate"], ["profile"], ["explain"], ["decide"], ["decisions"], ["rebuild"], ["verify"],
    ["export"], ["stats"], ["config"], ["neo4j", "start"], ["neo4j", "stop"], ["neo4j", "status"], ["neo4j", "path"],
    ["policy", "check"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_shows_examples_of_itself(cli, command):
    ran = cli(*command, "--help")
    assert ran.code == 0
    assert f"graph-cdp {' '.join(command)}" in ran.out.partition("Examples:")[2]


def test_help_names_the_exit_codes_and_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from graph_cdp.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('numba', 'numpy', 'pyarrow', 'neo4j', 'phonenumbers', 'pydantic_settings', 'graph_cdp.store')\n"
        "print('LOADED', [name for name in heavy if name in sys.modules])\n"
    )
    for arguments in ([], ["ingest"], ["neo4j", "start"]):
        ran = subprocess.run(
            [sys.executable, "-c", script, *arguments, "--help"], capture_output=True, text=True, check=True
        )
        assert "LOADED []" in ran.stdout
        assert arguments or "Exit codes: 0" in ran.stdout


def test_version_is_told(cli):
    assert cli("--version").out == f"graph-cdp {__version__}\n"


def test_output_in_a_pipe_has_no_colour_and_an_end_of_reading_is_no_error(loaded, tmp_path):
    command = f"{sys.executable} -c 'from graph_cdp.cli import main; main()'"
    for arguments in ("stats", "profile user_id:u1", "explain user_id:u1 user_id:u2"):
        assert "\x1b" not in loaded(*arguments.split()).out
    ran = subprocess.run(
        f"({command} export events; echo code $? >&2) | head -c 1",
        shell=True, capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr
