"""`ingest`: what loads, what is told, and that an interrupted load goes on."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson

from tests.unit.two_persons import ANN_A, BOB, profiles


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
        "invalid_values": {"email": {"has no @": 1}},
    }
    assert ran.code == 1, "the conflict is a row that was not taken"


def test_identifiers_that_cannot_be_normalised_are_told_with_their_reasons_over_all_files(cli, write, policy):
    def naming(*emails):
        return ({"identifiers": [{"namespace": "email", "value": email}]} for email in emails)

    files = write("e.jsonl", *naming("ann", "bob", "ann@b@c")), write("f.jsonl", *naming("eve"))
    ran = cli("ingest", *files, "--policy", policy, "--format", "json")
    assert ran.json["total"]["invalid_values"] == {"email": {"has no @": 3, "is not an e-mail address": 1}}
    again = cli("ingest", *files, "--policy", policy)
    assert "cannot be normalised; they join nobody: email has no @ (3), email is not an e-mail address (1)" in again.out
    simulated = cli("simulate", *files, "--policy", policy, "--format", "json")
    assert simulated.json["counts"]["invalid_values"] == ran.json["total"]["invalid_values"]


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


def test_rejects_are_said_to_be_only_where_they_are(cli, tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_bytes(orjson.dumps(ANN_A) + b"\nnonsense\n")
    cli("ingest", path)
    moved = path.rename(tmp_path / "moved.jsonl")
    ran = cli("ingest", moved, "--source", "e", "--format", "json")
    assert (ran.code, ran.json["total"]["rejected"], ran.json["rejects"]) == (1, 1, None)
    assert "moved.jsonl.rejects" not in cli("ingest", moved, "--source", "e").out


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
