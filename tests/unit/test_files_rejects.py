"""The rejects file: made when needed, and the same after a load that was interrupted and continued."""

from pathlib import Path

import orjson
import pytest

from graph_cdp.errors import InputError
from graph_cdp.files import Reject, RejectsFile

ONE, TWO = Reject(3, "invalid JSON at column 1", "{"), Reject(4, "NUL at byte 1", "\0 é")
FILE = Path("events.jsonl")


def test_there_is_no_file_without_rejects(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "r.jsonl") as rejects:
        rejects.write(FILE, [])
    assert not list(tmp_path.iterdir())
    assert rejects.count == 0


def test_every_reject_is_a_line(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "r.jsonl") as rejects:
        rejects.write(FILE, [ONE])
        rejects.write(Path("other.csv"), [TWO])
    lines = [orjson.loads(line) for line in (tmp_path / "r.jsonl").read_bytes().splitlines()]
    assert lines == [
        {"file": "events.jsonl", "line": 3, "reason": "invalid JSON at column 1", "text": "{"},
        {"file": "other.csv", "line": 4, "reason": "NUL at byte 1", "text": "\0 é"},
    ]
    assert rejects.count == 2


def test_rejects_are_there_before_the_file_is_closed(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "r.jsonl") as rejects:
        rejects.write(FILE, [ONE])
        assert (tmp_path / "r.jsonl").read_bytes().endswith(b"\n")


def test_a_continued_load_adds_only_what_is_new(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "r.jsonl") as rejects:
        rejects.write(FILE, [ONE, TWO])
    whole = (tmp_path / "r.jsonl").read_bytes()
    for kept in range(len(whole) + 1):
        (tmp_path / "r.jsonl").write_bytes(whole[:kept])
        with RejectsFile(tmp_path / "r.jsonl") as rejects:
            rejects.write(FILE, [ONE, TWO])
        assert rejects.count == 2
        assert (tmp_path / "r.jsonl").read_bytes() == whole


def test_a_device_takes_rejects_and_one_without_room_is_an_error_once() -> None:
    with RejectsFile(Path("/dev/null")) as rejects:
        rejects.write(FILE, [ONE, TWO])
    assert rejects.count == 2
    with RejectsFile(Path("/dev/full")) as rejects, pytest.raises(InputError, match="No space left"):
        rejects.write(FILE, [ONE])


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "missing" / "r.jsonl") as rejects, pytest.raises(InputError, match="cannot be written"):
        rejects.write(FILE, [ONE])
