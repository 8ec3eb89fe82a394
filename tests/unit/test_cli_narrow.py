"""In a terminal of 80 columns nothing is broken that must be read, or copied, in one piece."""

from io import StringIO

import pytest
from rich.console import Console

from graph_cdp.cli import show
from graph_cdp.cli.waterfall_shown import waterfall_text
from graph_cdp.match import Bar, Waterfall
from tests.unit.two_persons import ANN_A

COLUMNS = 80


@pytest.fixture
def narrow(monkeypatch, loaded):
    monkeypatch.setattr(show, "_WIDTH_OF_PIPES", COLUMNS)
    return loaded


def test_headings_and_titles_stay_whole(narrow, events, tmp_path):
    again = tmp_path / "purchases-of-2026.jsonl"
    again.write_bytes(events.read_bytes())
    out = narrow("ingest", again, events).out
    heading = next(line for line in out.splitlines() if line.startswith("file"))
    assert heading.split() == ["file", "source", "rows", "accepted", "duplicates", "conflicts", "rejected"]
    assert next(iter(narrow("profile", "user_id:u1").out.splitlines())).startswith("Profile pro_")


def test_what_is_too_wide_for_a_path_goes_on_behind_its_bar(narrow, write):
    long = ANN_A | {"messageId": "m" * 70, "userId": "u9", "anonymousId": "a99"}
    narrow("ingest", write("long.jsonl", long))
    drawn = narrow("explain", "user_id:u9", "anonymous_id:a99").out.split("\n\n")[1].splitlines()
    assert [line[:4] for line in drawn] == ["  us", "  │ ", "  │ ", "  │ ", "  an"]
    assert max(map(len, drawn)) <= COLUMNS


def test_a_bar_of_a_waterfall_stays_on_its_line():
    bars = tuple(
        Bar(f"attribute {n}", "equal", "equal, a common value", "Ann Marie", "Ann-Marie", 4.0) for n in range(6)
    )
    told = StringIO()
    console = Console(file=told, width=COLUMNS)
    for part in waterfall_text(Waterfall(-9.0, bars, 15.0, 0.99, "join"), "1", "2"):
        console.print(part)
    lines = told.getvalue().splitlines()
    assert max(map(len, lines)) <= COLUMNS
    assert [line.count("attribute ") for line in lines if "█" in line] == [0, *[1] * 6, 0]
