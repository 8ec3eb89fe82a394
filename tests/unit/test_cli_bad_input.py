"""Bad input: a clear error with its place, an exit code that is not 0, and nothing half-written."""

import ctypes
import gzip
import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
import pytest

GOOD = b'{"messageId": "good", "userId": "u1", "timestamp": "2026-01-01T00:00:00Z"}\n'
COMMAND = [sys.executable, "-c", "from graph_cdp.cli import main; main()"]


def lines(count: int, padding: int = 0) -> bytes:
    chance = random.Random(7)
    return b"".join(
        orjson.dumps(
            {
                "messageId": f"m{number}",
                "userId": f"u{number % 97}",
                "anonymousId": f"a{number % 311}",
                "timestamp": "2026-01-01T00:00:00Z",
                "properties": {"noise": chance.randbytes(padding).hex()},
            }
        )
        + b"\n"
        for number in range(count)
    )


def events_in(cli) -> int:
    """How many events the store holds; every one of them is whole."""
    assert cli("verify").code == 0
    return cli("stats", "--format", "json").json["sizes"]["events"]


FILES = {
    "empty": (b"", "empty"),
    "only blank lines": (b"\n\n", "file"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "an archive": (b"PK\x03\x04" + bytes(100), "ZIP"),
    "truncated gzip": (gzip.compress(GOOD * 10)[:10], "gzip"),
    "no gzip behind its first bytes": (b"\x1f\x8b\x08\x00" + bytes(20), "gzip"),
    "UTF-16 without its mark": ("email\nann@shop.example.org\n".encode("utf-16-le"), "--encoding utf-16-le"),
}


@pytest.mark.parametrize(("content", "told"), FILES.values(), ids=FILES)
def test_a_file_that_is_none_is_named_and_nothing_is_written(cli, tmp_path, content, told):
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    (tmp_path / "bad.data").write_bytes(content)
    ran = cli("ingest", "good.jsonl", "bad.data")
    assert ran.code == 2
    assert ran.err.startswith("error: bad.data")
    assert told in ran.err
    assert not (tmp_path / "store.db").exists(), "the good file is not loaded either"


@pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
def test_what_is_no_file_is_named(cli, name, tmp_path):
    ran = cli("ingest", name, "--format", "json")
    error = orjson.loads(ran.err)["error"]
    assert (ran.code, error["code"], name in error["message"]) == (2, "input_invalid", True)
    assert not (tmp_path / "store.db").exists()


LINES = {
    "broken UTF-8": (b'{"userId": "\xff\xfe"}', "UTF-8"),
    "no JSON": (b'{"userId": ', "JSON"),
    "no object": (b"[1, 2]", "object"),
    "10 MB": (b'{"userId": "u", "properties": {"x": "' + b"x" * 10_000_000 + b'"}}', "long"),
    "1,000 identifiers": (
        orjson.dumps({"identifiers": [{"namespace": "email", "value": f"a{n}@shop.example.org"} for n in range(1000)]}),
        "more than 50",
    ),
    "51 identifiers": (
        orjson.dumps({"identifiers": [{"namespace": "email", "value": f"a{n}@shop.example.org"} for n in range(51)]}),
        "more than 50",
    ),
    "NUL bytes": (b'{"userId": "a\x00b"}', "NUL at byte 14"),
    "NUL characters": (rb'{"userId": "u", "properties": {"x": "a\u0000b"}}', "NUL"),
    "a lone surrogate": (rb'{"userId": "u", "properties": {"x": "\ud800"}}', "surrogate"),
    "before 1970": (b'{"userId": "u", "timestamp": "1969-12-31T23:59:59Z"}', "before 1970"),
    "in the future": (b'{"userId": "u", "timestamp": "2999-01-01T00:00:00Z"}', "in the future"),
    "no time": (b'{"userId": "u", "timestamp": "soon"}', "ISO 8601"),
    "a number as id": (b'{"userId": 17}', "userId: must be a string"),
    "a nested id": (b'{"userId": {"id": "u1"}}', "userId: must be a string"),
    "a number as message id": (b'{"messageId": 1, "userId": "u1"}', "messageId: must be a string"),
    "no identifier": (b'{"type": "track", "context": {}}', "names no identifier"),
}


@pytest.mark.parametrize(("line", "told"), LINES.values(), ids=LINES)
def test_a_line_that_is_no_event_is_told_with_its_place_and_the_others_load(cli, tmp_path, line, told):
    (tmp_path / "events.jsonl").write_bytes(GOOD + line + b"\n" + GOOD.replace(b"good", b"fine"))
    ran = cli("ingest", "events.jsonl", "--format", "json")
    assert (ran.code, ran.json["total"]["accepted"], ran.json["total"]["rejected"]) == (1, 2, 1)
    (reject,) = [orjson.loads(one) for one in Path("events.jsonl.rejects.jsonl").read_bytes().splitlines()]
    assert (reject["file"], reject["line"]) == ("events.jsonl", 2)
    assert told in reject["reason"]
    assert len(reject["text"]) <= 1_000
    assert events_in(cli) == 2
    simulated = cli("simulate", "events.jsonl", "--format", "json")
    assert (simulated.code, simulated.json["counts"]["rejected"]) == (1, 1)
    assert "events.jsonl:2: " in simulated.err


def test_an_identifier_that_cannot_be_read_is_counted_and_the_rest_of_its_event_stays(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(
        rb'{"userId": "u\u0000", "anonymousId": "a1", "traits": {"email": "nope"}}' + b"\n"
    )
    ran = cli("ingest", "e.jsonl", "--format", "json")
    assert ran.json["total"]["accepted"] + ran.json["total"]["rejected"] == 1
    assert (ran.code == 1) == bool(ran.json["total"]["rejected"])
    assert events_in(cli) == ran.json["total"]["accepted"]


def test_a_gzip_that_ends_too_early_loads_up_to_there_and_says_where(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPH_CDP_BATCH_EVENTS", "500")
    whole = gzip.compress(lines(6_000, padding=200), 1)
    (tmp_path / "e.jsonl.gz").write_bytes(whole[: len(whole) * 2 // 3])
    ran = cli("ingest", "e.jsonl.gz", "--format", "json")
    assert ran.code == 2
    message = orjson.loads(ran.err)["error"]["message"]
    assert "e.jsonl.gz: the gzip data ends too early, after line " in message
    loaded = ran.json["total"]["accepted"]
    assert 0 < loaded < 6_000
    assert events_in(cli) == loaded
    (tmp_path / "e.jsonl.gz").write_bytes(whole)
    assert cli("ingest", "e.jsonl.gz").code == 0
    assert events_in(cli) == 6_000


POLICIES = {
    "no TOML": (b"[[namespace]\n", ":1:"),
    "an unknown key": (b'[[namespace]]\nname = "user_id"\nlimits = 1\n', ":3: namespace[0].limits"),
    "empty": (b"", ":1: is empty"),
    "binary": (b"\x00\x01", "binary"),
    "not UTF-8": (b'[[namespace]]\nname = "\xff"\n', ":2: is not UTF-8"),
}


@pytest.mark.parametrize(("content", "told"), POLICIES.values(), ids=POLICIES)
def test_a_wrong_policy_is_told_with_its_line_and_nothing_is_written(cli, tmp_path, content, told):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    (tmp_path / "p.toml").write_bytes(content)
    for arguments in (("ingest", "e.jsonl"), ("simulate", "e.jsonl")):
        ran = cli(*arguments, "--policy", "p.toml")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: p.toml")
        assert told in ran.err
    assert cli("policy", "check", "p.toml").code == 2
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize("url", ["redis://localhost", "store.db", "sqlite://store.db", "neo4j://", ""])
def test_a_store_url_that_is_none_is_told_with_the_option_that_gave_it(cli, url):
    ran = cli("stats", "--store", url, "--format", "json")
    error = orjson.loads(ran.err)["error"]
    assert (ran.code, error["code"]) == (2, "config_invalid") if url else (3, "store_error")
    assert "GRAPH_CDP_STORE (option)" in error["message"] or not url


def test_a_store_that_is_down_exits_3(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = cli("ingest", "e.jsonl", "--store", f"bolt://neo4j:geheimnis@127.0.0.1:{port}")
    assert ran.code == 3
    assert ran.err.startswith(f"error: bolt://127.0.0.1:{port}: ")
    assert "geheimnis" not in ran.err


@pytest.mark.parametrize("command", [["stats"], ["verify"], ["rebuild"], ["decisions"], ["export", "links"]])
def test_a_store_that_is_not_there_is_not_made_by_asking(cli, command, tmp_path):
    ran = cli(*command)
    assert (ran.code, ran.out) == (3, "")
    assert "there is no such store" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_store_stays_as_it_is(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    (tmp_path / "store.db").write_bytes(b"important notes\n" * 100)
    ran = cli("ingest", "e.jsonl")
    assert ran.code == 3
    assert "not a graph-cdp store" in ran.err
    assert (tmp_path / "store.db").read_bytes() == b"important notes\n" * 100


def test_another_programs_database_stays_as_it_is(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("CREATE TABLE invoice (number)")
    before = (tmp_path / "store.db").read_bytes()
    for command in (["ingest", "e.jsonl"], ["stats"]):
        ran = cli(*command)
        assert (ran.code, ran.out) == (3, "")
        assert "another program's database: name another file" in ran.err
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_folder_that_is_not_there_holds_no_store(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    ran = cli("ingest", "e.jsonl", "--store", "sqlite:///no/where.db")
    assert (ran.code, "check that its folder exists" in ran.err) == (3, True)


@pytest.mark.parametrize(
    "arguments",
    [
        (b"ingest", b"caf\xe9.jsonl"),
        (b"ingest", b"e.jsonl", b"--source", b"caf\xe9"),
        (b"decide", b"same", b"user_id:u1", b"anonymous_id:a1", b"--by", b"Ren\xe9", b"--reason", b"known"),
        (b"stats", b"--store", b"sqlite:///caf\xe9.db"),
        (b"keys", b"make", b"--label", b"caf\xe9", b"--scope", b"read"),
    ],
    ids=lambda arguments: arguments[0].decode(),
)
def test_arguments_that_are_no_utf8_are_told_and_nothing_is_written(tmp_path, arguments):
    for name in (b"e.jsonl", b"caf\xe9.jsonl"):
        (tmp_path / os.fsdecode(name)).write_bytes(GOOD)
    before = set(tmp_path.iterdir())
    ran = subprocess.run([*COMMAND, *arguments, b"--format", b"json"], cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert "not UTF-8" in orjson.loads(ran.stderr)["error"]["message"]
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "arguments",
    [
        "profile user_id:u1 --events",
        "stats --top",
        "fraud scan --top",
        "audit --after",
        "match train t.csv --out m --seed",
    ],
)
def test_numbers_that_are_out_of_bounds_are_told(cli, tmp_path, arguments):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    cli("ingest", "e.jsonl")
    ran = cli(*arguments.split(), -1 if "--seed" in arguments else 10**20)
    assert (ran.code, "Invalid value" in ran.err) == (2, True)


def run(*arguments: str, cwd: Path, limited) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=limited
    )


def test_a_full_disk_ends_the_load_and_room_lets_it_go_on(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(lines(3_000, padding=300))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

    os.environ["GRAPH_CDP_BATCH_EVENTS"] = "200"
    try:
        ran = run("ingest", "e.jsonl", cwd=tmp_path, limited=little_room)
    finally:
        del os.environ["GRAPH_CDP_BATCH_EVENTS"]
    assert ran.returncode == 3
    assert "no space is left" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert 0 < events_in(cli) < 3_000
    assert cli("ingest", "e.jsonl").code == 0
    assert events_in(cli) == 3_000


def test_a_read_only_store_is_told_and_stays_as_it_is(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    assert cli("ingest", "e.jsonl").code == 0
    before = (tmp_path / "store.db").read_bytes()
    (tmp_path / "more.jsonl").write_bytes(GOOD.replace(b"good", b"more"))
    (tmp_path / "store.db").chmod(0o444)
    tmp_path.chmod(0o555)

    def bound_by_permissions() -> None:
        if os.geteuid() == 0:  # give up the right to write whatever the permissions are (CAP_DAC_OVERRIDE)
            ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)

    try:
        ran = run("ingest", "more.jsonl", cwd=tmp_path, limited=bound_by_permissions)
    finally:
        tmp_path.chmod(0o755)
        (tmp_path / "store.db").chmod(0o644)
    assert ran.returncode == 3
    assert "error: store.db: " in ran.stderr
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize("command", [["stats"], ["export", "events"], ["export", "profiles", "--format", "csv"]])
def test_an_output_without_room_is_told(cli, tmp_path, command):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    cli("ingest", "e.jsonl")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: standard output")
    assert "Traceback" not in ran.stderr
    if command[0] == "export":
        assert cli(*command, "--output", "/dev/full").code == 2
        assert cli(*command, "--output", "no/where").code == 2


def test_rejects_that_cannot_be_written_stop_the_load_before_their_batch(cli, tmp_path):
    (tmp_path / "e.jsonl").write_bytes(GOOD + b"nonsense\n")
    ran = cli("ingest", "e.jsonl", "--rejects", "no/where.jsonl")
    assert (ran.code, ran.err.startswith("error: no/where.jsonl: ")) == (2, True)
    assert events_in(cli) == 0
    assert cli("ingest", "e.jsonl").code == 1
    assert events_in(cli) == 1


def test_rejects_never_go_to_a_file_that_is_loaded(cli, tmp_path):
    content = GOOD + b"nonsense"
    (tmp_path / "e.jsonl").write_bytes(content)
    ran = cli("ingest", "e.jsonl", "--rejects", tmp_path / "e.jsonl")
    assert (ran.code, "no rejects can go there" in ran.err) == (2, True)
    assert (tmp_path / "e.jsonl").read_bytes() == content


def test_a_table_without_identifiers_is_not_loaded(cli, tmp_path):
    (tmp_path / "t.csv").write_text("height,width\n1,2\n3,4\n")
    ran = cli("ingest", "t.csv")
    assert (ran.code, "NO IDENTIFIER WAS FOUND" in ran.err) == (2, True)
    assert ran.out == ""


def test_a_mapping_that_names_a_column_the_file_lacks_is_told(cli, tmp_path):
    (tmp_path / "t.csv").write_text("mail\nann@shop.example.org\n")
    (tmp_path / "m.toml").write_text('[identifiers]\nmial = "email"\n')
    ran = cli("ingest", "t.csv", "--mapping", "m.toml")
    assert (ran.code, "'mail'" in ran.err) == (2, True)
    assert not (tmp_path / "store.db").exists()


def test_another_id_key_is_refused(cli, tmp_path, monkeypatch):
    (tmp_path / "e.jsonl").write_bytes(GOOD)
    cli("ingest", "e.jsonl")
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", "another key of some length")
    ran = cli("stats", "--format", "json")
    assert (ran.code, orjson.loads(ran.err)["error"]["code"]) == (3, "store_policy")


def test_a_table_as_excel_writes_it_is_ingested_and_matched_once_its_encoding_is_named(cli, tmp_path):
    rows = [f"{number};Zoë {number};zoe{number}@a.example" for number in range(60)]
    (tmp_path / "guests.csv").write_bytes("\r\n".join(["number;name;email", *rows]).encode("windows-1252"))
    for command in (("ingest", "guests.csv"), ("match", "run", "guests.csv", "--out", "clusters.csv")):
        ran = cli(*command)
        assert (ran.code, "say with --encoding how it is written" in ran.out + ran.err) == (1, True) or (
            "--encoding" in (tmp_path / "guests.csv.rejects.jsonl").read_text()
        )
        assert cli(*command, "--encoding", "windows-1252").code == 0
    assert "Zoë 7" in cli("profile", "email:zoe7@a.example").out
