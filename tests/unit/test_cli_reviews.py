"""`graph-cdp review`: the queue on the command line, in a terminal, and as CSV."""

import csv
import re
from collections.abc import Callable

import pytest

from graph_cdp.cli.app import app

POLICY = '[[namespace]]\nname = "crm_id"\nlimit = 1\n[[namespace]]\nname = "email"\nlimit = 2\n'


def event(number: int, *named: str, **traits: str) -> dict:
    identifiers = [dict(zip(("namespace", "value"), one.split(":"), strict=True)) for one in named]
    return {"messageId": str(number), "timestamp": f"2026-01-0{number}", "identifiers": identifiers, "traits": traits}


EVENTS = [
    event(1, "crm_id:17", "email:ann@shop.org", first_name="Ann"),
    event(2, "crm_id:18", "email:ann@shop.org", first_name="Anne"),
    event(3, "crm_id:17", "email:ann@shop.org"),
    event(4, "crm_id:18", "email:ann@shop.org"),
    event(5, "crm_id:19", "email:x@shop.org", "email:y@shop.org"),
]


@pytest.fixture
def queue(cli, write, tmp_path) -> list[str]:
    """The ids of two items: what keeps coming back, and a profile at its limit."""
    (tmp_path / "rules.toml").write_text(POLICY)
    assert cli("ingest", write("events.jsonl", *EVENTS), "--policy", "rules.toml").code == 0
    assert cli("review", "refresh", "--format", "json").json == {"found": 2, "new": 2, "gone": 0}
    return [item["id"] for item in cli("review", "list", "--format", "json").json["items"]]


def test_the_queue_is_listed_page_by_page_and_filtered(cli, queue):
    page = cli("review", "list", "--limit", 1, "--format", "json").json
    assert [item["rule"] for item in page["items"]] == ["pulled"]
    rest = cli("review", "list", "--after", page["next"], "--format", "json").json
    assert ([item["rule"] for item in rest["items"]], rest["next"]) == (["near_limit"], None)
    assert cli("review", "list", "--kind", "fraud", "--format", "json").json["items"] == []
    assert len(cli("review", "list", "--min-score", 0.5, "--format", "json").json["items"]) == 1
    assert "email:ann@shop.org" in cli("review", "show", queue[0]).out
    assert "Nothing waits" in cli("review", "list", "--state", "snoozed").out


def test_an_item_shows_both_sides_and_what_each_verdict_would_do(cli, queue):
    shown = cli("review", "show", queue[0], "--format", "json").json
    assert [one["anchor"] for one in shown["profiles"]] == ["crm_id:17", "crm_id:18"]
    relations = {one["attribute"]: one["relation"] for one in shown["comparison"]}
    assert relations == {"crm_id": "differ", "email": "right_only", "first_name": "similar"}
    assert [len(one["identifiers"]) for one in shown["previews"]["same"]["after"]] == [3]
    assert shown["previews"]["different"]["before"] == shown["previews"]["different"]["after"]


def test_deciding_and_undoing_give_back_what_was_and_verify_finds_nothing(cli, queue):
    before = cli("export", "profiles").rows
    decided = cli(
        "review", "decide", "same", queue[0], "--reason", "one birthday", "--by", "kim", "--format", "json"
    ).json
    assert [one["kind"] for one in decided["changes"]] == ["merged"]
    assert (decided["items"][0]["state"], decided["items"][0]["assignee"]) == ("decided", "kim")
    assert cli("verify").code == 0
    again = cli("review", "decide", "different", queue[0], "--reason", "no", "--format", "json")
    assert (again.code, again.json["refused"][0]["code"]) == (1, "item_decided")
    assert cli("review", "undo", queue[0], "--format", "json").json["items"][0]["state"] == "open"
    assert cli("export", "profiles").rows == before
    verdicts = [one["verdict"] for one in cli("decisions", "--format", "json").json["decisions"]]
    assert verdicts == ["same", "withdrawn"]
    assert cli("review", "refresh", "--whole", "--format", "json").json == {"found": 2, "new": 0, "gone": 0}
    assert cli("verify").code == 0
    actions = [one["action"] for one in cli("audit", "--format", "json").json["entries"]]
    assert actions == ["review_decide", "review_undo"]


def test_claims_snoozes_and_notes_are_told(cli, queue):
    claimed = cli("review", "claim", queue[0], "--by", "kim", "--format", "json").json["items"][0]
    assert (claimed["state"], claimed["assignee"]) == ("claimed", "kim")
    assert "Another reviewer" in cli("review", "claim", queue[0], "--by", "bo").out
    assert cli("review", "snooze", queue[1], "--until", "2999-01-01").code == 0
    assert cli("review", "snooze", queue[1], "--until", "2001-01-01").code == 1
    assert cli("review", "note", queue[1], "--text", "ask the shop").code == 0
    history = cli("review", "show", queue[1], "--format", "json").json["history"]
    assert [(one["kind"], one["text"]) for one in history] == [("snooze", ""), ("note", "ask the shop")]
    assert "ask the shop" in cli("review", "show", queue[1]).out
    assert cli("review", "show", "rev_none").code == 1


def test_decisions_go_out_and_in_as_csv_and_again_change_nothing(cli, queue, tmp_path):
    assert cli("review", "export", "--output", "queue.csv").code == 0
    with (tmp_path / "queue.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == queue
    said = {"verdict": "Same", "reason": 'a, "b"\nc', "by": "bo"}
    filled = [rows[0] | said, rows[1], rows[1] | {"item": "rev_none", "verdict": "same", "reason": "x"}]
    with (tmp_path / "queue.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(filled)
    done = cli("review", "import", "queue.csv", "--by", "kim", "--format", "json")
    assert done.code == 1
    assert {name: done.json[name] for name in ("decided", "waiting", "unchanged")} == {
        "decided": 1, "waiting": 0, "unchanged": 0
    }  # fmt: skip
    assert [one["code"] for one in done.json["refused"]] == ["item_unknown"]
    out = list(csv.DictReader(cli("review", "export", "--state", "decided").out.splitlines(keepends=True)))
    assert [(row["verdict"], row["by"], row["reason"]) for row in out] == [("same", "bo", 'a, "b"\nc')]
    assert cli("review", "import", "queue.csv", "--format", "json").json["unchanged"] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "column 'item' is missing"),
        (b"item,verdict\n", "column 'reason' is missing"),
        (b"item,verdict,reason\nx,maybe,y\n", "bad.csv:2: the verdict must be one of"),
        (b"item,verdict,reason\n\xff,same,y\n", "no CSV in UTF-8"),
        (b'item,verdict,reason\nx,"same,y\n', "no CSV in UTF-8"),
        (b"item,verdict,reason\nx,same,y\0\n", "item"),
    ],
)
def test_a_file_that_cannot_be_read_decides_nothing(cli, queue, tmp_path, content, told):
    (tmp_path / "bad.csv").write_bytes(content)
    ran = cli("review", "import", "bad.csv")
    assert ran.code in {1, 2}
    assert told in ran.err + ran.out
    assert cli("review", "import", "none.csv").code == 2
    assert cli("decisions", "--format", "json").json["decisions"] == []


def test_where_two_must_agree_one_alone_changes_nothing(cli, queue, monkeypatch):
    monkeypatch.setenv("GRAPH_CDP_REVIEWERS", "2")
    first = cli("review", "decide", "same", queue[0], "--reason", "one", "--by", "kim")
    assert "another reviewer must agree" in first.out
    assert cli("decisions", "--format", "json").json["decisions"] == []
    cli("review", "decide", "same", queue[0], "--reason", "one", "--by", "bo")
    assert [one["by"] for one in cli("decisions", "--format", "json").json["decisions"]] == ["bo"]


@pytest.fixture
def typed(queue) -> Callable[[str], str]:
    """What is shown when somebody types this into `graph-cdp review walk`."""
    from typer.testing import CliRunner  # noqa: PLC0415 - what `cli` runs commands with, with an input

    def walk(text: str) -> str:
        result = CliRunner().invoke(app, ["review", "walk", "--by", "kim"], input=text)
        assert result.exit_code == 0, result.output
        return re.sub(r"\x1b\[[0-9;]*m", "", result.output)

    return walk


def test_walking_asks_for_each_item_and_takes_back_what_was_done(cli, queue, typed):
    shown = typed("x\ns\none birthday\nb\nn\nask them\nd\n\nz\n")
    assert shown.count("Side by side") == 3
    assert f"{queue[0]}: decided same." in shown
    assert f"{queue[0]}: open." in shown
    assert f"{queue[0]}: noted." in shown
    assert f"{queue[0]}: decided different." in shown
    assert f"{queue[1]}: snoozed." in shown
    assert shown.endswith("2 done.\n")
    acts = cli("review", "show", queue[0], "--format", "json").json["history"]
    assert [one["kind"] for one in acts] == ["decide", "undo", "note", "decide"]
    assert acts[-1]["text"] == "seen side by side"
    assert "0 done" in typed("")


def test_walking_ends_when_somebody_wants_to_or_is_gone_and_passes_what_others_claimed(cli, queue, typed):
    assert typed("\nq\n").count("[q] quit") == 2
    assert typed("").count("[q] quit") == 1
    cli("review", "claim", queue[0], "--by", "bo")
    assert queue[0] not in typed("q\n")


def test_without_a_terminal_review_alone_shows_its_help(cli):
    ran = cli("review")
    assert ran.code == 0
    assert "refresh" in ran.out
