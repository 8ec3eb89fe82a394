"""Files read ahead: the batches that come of them, here or from a process beside."""

import gzip
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import orjson
import pytest

from graph_cdp.errors import InputError
from graph_cdp.policies import parse_policy
from graph_cdp.resolve import ProfileIds, evidence_of
from graph_cdp.service.read_ahead import Prepared, prepared_batches
from graph_cdp.service.source import Source

NOW = 1_790_000_000_000
POLICY = parse_policy('[[namespace]]\nname = "user_id"\n[[namespace]]\nname = "anonymous_id"\n', "the tests' policy")
IDS = ProfileIds("the id key of the tests")
PAGE = 100


def lines(count: int, size: int = 0) -> Iterator[bytes]:
    """Events of so many bytes or more, each third with an identifier that the one before names too."""
    for number in range(count):
        named = {"userId": f"u{number - (number % 3 == 0)}", "anonymousId": f"a{number}"}
        yield orjson.dumps({"messageId": f"m{number}", **named, "properties": {"a": "a" * size}}) + b"\n"


def batches(path: Path, rows: int, start: Prepared | None = None) -> list[Prepared]:
    source, ids = Source(path, None, "web"), ProfileIds("the id key of the tests")
    return [*prepared_batches(source, POLICY, NOW, start and start.position, rows, ids)]


def event_ids(prepared: list[Prepared]) -> list[str]:
    return [event.id for batch in prepared for event in batch.events]


@pytest.mark.parametrize("rows", [1, 99, 100, 101, 1_000, 5_000])
def test_a_batch_has_as_many_rows_as_asked_for_but_for_a_page_and_each_can_be_continued_behind(
    rows: int, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines(2_345)))
    read = batches(path, rows)
    assert event_ids(read) == [f"m{number}" for number in range(2_345)]
    assert all(rows <= len(batch.events) < rows + PAGE for batch in read[:-1])
    for batch in read[:: max(1, len(read) // 7)]:
        rest = [id_ for later in read for id_ in event_ids([later]) if later.position.line > batch.position.line]
        assert event_ids(batches(path, rows, batch)) == rest


def test_a_process_beside_gives_small_batches_first_and_the_same_events(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines(9_000, size=600)))
    read = batches(path, 3_000)
    assert [len(batch.events) for batch in read] == [1_000, 2_000, 3_000, 3_000]
    assert event_ids(read) == [f"m{number}" for number in range(9_000)]
    for batch in read:
        spans, links, _ = evidence_of(batch.events)
        assert (batch.told.evidence.spans, [*batch.told.evidence.links]) == (spans, links)


@pytest.mark.parametrize("size", [0, 6_000])
def test_what_comes_before_a_damaged_place_is_given_whole(size: int, tmp_path: Path) -> None:
    path, packed = tmp_path / "events.jsonl.gz", gzip.compress(b"".join(lines(1_850, size)), compresslevel=0)
    path.write_bytes(packed[: len(packed) * 9 // 10])
    read = prepared_batches(Source(path, None, "web"), POLICY, NOW, None, 1_000, IDS)
    given = [next(read), next(read)]
    assert 1_600 < len(event_ids(given)) < 1_700
    assert event_ids(given) == [f"m{number}" for number in range(len(event_ids(given)))]
    with pytest.raises(InputError, match=f"ends too early, after line {len(event_ids(given))}"):
        next(read)


def test_rejects_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"userId":7}\nno event\n{"userId":7}\n')
    (batch,) = batches(path, 10_000)
    assert [reject.line for reject in batch.rejects] == [1, 2, 3]


def test_large_rows_end_a_batch_early(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines(60, size=1 << 20)))
    sizes = [sum(len(event.body) for event in batch.events) >> 20 for batch in batches(path, 10_000)]
    assert max(sizes) <= 48
    assert len(sizes) > 1


def test_of_rows_that_repeat_the_first_one_is_named_and_of_others_with_its_id_each(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    told, other = b'{"messageId":"m","userId":"a"}\n', b'{"messageId":"m","userId":"b"}\n'
    path.write_bytes(b"".join(chain(lines(3), (told, told, other, b"\n", other, told), lines(1))))
    (batch,) = batches(path, 10_000)
    assert [*zip(event_ids([batch]), batch.lines, strict=True)] == [("m0", 1), ("m1", 2), ("m2", 3), ("m", 4)]
    assert ([one.line for one in batch.conflicts], batch.duplicates) == ([6, 6], 3)
