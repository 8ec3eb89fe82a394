"""Files of rows: every kind, packed or not, and the place to continue at."""

import csv
import gzip
import io
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.errors import InputError
from graph_cdp.files import Batch, Position, fingerprint, open_rows, sample
from graph_cdp.files.columns import read_columns
from graph_cdp.files.streams import lines_of

RECORDS = Path(__file__).parent.parent / "data" / "records"
ROWS = [{"email": f"mail{number}@a.example", "name": f"Zoë {number}"} for number in range(7)]


def jsonl(rows: list[dict[str, str]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def delimited(rows: list[dict[str, str]], delimiter: str = ",", end: str = "\n", quoting: int = 0) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(rows[0])
    writer.writerows([row[column] for column in rows[0]] for row in rows)
    return text.getvalue().encode()


def parquet(rows: list[dict[str, str]], group: int = 3) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=group)
    return sink.getvalue()


def values_in(path: Path, start: Position | None = None) -> list[dict[str, object]]:
    batches = list(open_rows(path, start))
    assert not [reject for batch in batches for reject in batch.rejects]
    return [row.values for batch in batches for row in batch.rows]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", jsonl(ROWS)),
        ("a.ndjson", jsonl(ROWS)),
        ("a.json", jsonl(ROWS)),
        ("no_suffix", jsonl(ROWS)),
        ("no_last_line_end.jsonl", jsonl(ROWS).rstrip()),
        ("windows.jsonl", jsonl(ROWS).replace(b"\n", b"\r\n")),
        ("empty_lines.jsonl", jsonl(ROWS).replace(b"\n", b"\n\n  \n")),
        ("bom.jsonl", b"\xef\xbb\xbf" + jsonl(ROWS)),
        ("comma.csv", delimited(ROWS)),
        ("semicolon.csv", delimited(ROWS, ";")),
        ("pipe.txt", delimited(ROWS, "|")),
        ("tab.tsv", delimited(ROWS, "\t")),
        ("windows.csv", delimited(ROWS, end="\r\n")),
        ("old_mac.csv", delimited(ROWS, end="\r")),
        ("bom.csv", b"\xef\xbb\xbf" + delimited(ROWS)),
        ("spaces_after_commas.csv", delimited(ROWS).replace(b",", b", ")),
        ("empty_lines.csv", b"\n\n" + delimited(ROWS).replace(b"\n", b"\n\n")),
        ("a.jsonl.gz", gzip.compress(jsonl(ROWS))),
        ("a.csv.gz", gzip.compress(delimited(ROWS))),
        ("two_members.csv.gz", gzip.compress(delimited(ROWS)[:50]) + b"\0" * 9 + gzip.compress(delimited(ROWS)[50:])),
        ("a.jsonl.zst", zstandard.compress(jsonl(ROWS))),
        ("two_frames.csv.zst", zstandard.compress(delimited(ROWS)[:50]) + zstandard.compress(delimited(ROWS)[50:])),
        ("packed_without_saying_so.csv", zstandard.compress(delimited(ROWS))),
        ("plain_whatever_its_name.jsonl.gz", jsonl(ROWS)),
        ("a.parquet", parquet(ROWS)),
        ("parquet_without_saying_so", parquet(ROWS)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_file_gives_its_rows(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert values_in(path) == ROWS


def test_quoted_cells_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name,note\nAda,"one\ntwo, ""three"""\r\nBob,four\n', newline="")
    (batch,) = open_rows(path)
    assert [(row.line, row.values["note"]) for row in batch.rows] == [(2, 'one\ntwo, "three"'), (4, "four")]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\n{"a":1}\n\nwrong\n{"a":2}')
    (batch,) = open_rows(path)
    assert [row.line for row in batch.rows] == [2, 5]
    assert [reject.line for reject in batch.rejects] == [4]


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",name\n0,Ada\n")
    assert open_rows(path).columns == ("column_1", "name")


def test_parquet_values_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    row = {
        "count": 9_007_199_254_740_993,
        "price": Decimal("1.50"),
        "at": datetime(2026, 1, 1, 12, tzinfo=UTC),
        "tags": ["a", "b"],
        "none": None,
    }
    types = {"count": pa.int64(), "price": pa.decimal128(9, 2), "at": pa.timestamp("ns", "UTC")}
    schema = pa.schema([*types.items(), ("tags", pa.list_(pa.string())), ("none", pa.string())])
    pq.write_table(pa.Table.from_pylist([row], schema=schema), path)
    assert values_in(path) == [row]


def test_a_time_that_python_has_no_room_for_rejects_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"at": pa.array([0, 2**62, 1], pa.timestamp("ms"))}), path)
    (batch,) = open_rows(path)
    assert [row.line for row in batch.rows] == [1, 3]
    assert [(reject.line, reject.text) for reject in batch.rejects] == [(2, "")]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_batches_are_as_large_as_asked_for_and_tell_how_far_they_are(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes({"a.jsonl": jsonl, "a.csv": delimited, "a.parquet": lambda rows: parquet(rows, 7)}[name](ROWS))
    batches = list(open_rows(path, size=3))
    assert [len(batch.rows) for batch in batches] == [3, 3, 1]
    total = len(ROWS) if name == "a.parquet" else path.stat().st_size
    assert all(0 < batch.done <= batch.total == total for batch in batches)
    assert batches[-1].done == total


CELLS = st.text(st.sampled_from('ab ,;"\n\r\té€😀'), max_size=6)
TABLES = st.lists(st.fixed_dictionaries({"one": CELLS, "two": CELLS, "three": CELLS}), min_size=1, max_size=25)
WRITERS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "a.jsonl": jsonl,
    "a.jsonl.gz": lambda rows: gzip.compress(jsonl(rows)),
    "a.csv": partial(delimited, quoting=csv.QUOTE_ALL),
    "a.csv.zst": lambda rows: zstandard.compress(delimited(rows, ";", "\r\n", csv.QUOTE_ALL)),
    "a.parquet": lambda rows: parquet(rows, 4),
}


@pytest.mark.parametrize("name", WRITERS)
@given(rows=TABLES, size=st.integers(1, 9), spoiled=st.booleans())
@settings(deadline=None, max_examples=40)
def test_every_position_gives_exactly_the_rest(name: str, rows: list[dict[str, str]], size: int, spoiled: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        content = WRITERS[name](rows)
        path.write_bytes(content + b'"spoiled,\xff\n' if spoiled and name in {"a.jsonl", "a.csv"} else content)
        batches = list(open_rows(path, size=size))
        if not spoiled or name not in {"a.jsonl", "a.csv"}:
            assert [row.values for batch in batches for row in batch.rows] == rows
        for number, batch in enumerate(batches, 1):
            stored = orjson.loads(orjson.dumps(batch.position))
            rest = list(open_rows(path, Position(**stored), size=size))
            assert records(rest) == records(batches[number:])


def records(batches: list[Batch]) -> list[object]:
    return sorted(
        record for batch in batches for record in [(row.line, str(row.values)) for row in batch.rows]
    ) + sorted(reject for batch in batches for reject in batch.rejects)


@given(st.binary(max_size=60).map(lambda raw: raw.replace(b"\x01", b"\n")), st.lists(st.integers(1, 5), min_size=1))
def test_lines_are_the_same_however_the_bytes_are_cut(raw: bytes, sizes: list[int]) -> None:
    chunks, at = list[bytes](), 0
    while at < len(raw):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(raw[at : at + size])
        at += size
    expected = raw.split(b"\n")
    expected = expected if expected[-1] else expected[:-1]
    blocks = list(lines_of(chunks, longest=8, kept=3))
    found = [(line, block.size or len(line)) for block in blocks for line in block.lines]
    assert found == [(line if len(line) <= 8 else line[:3], len(line)) for line in expected]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.csv.zst"])
def test_a_line_without_end_is_rejected_in_bounded_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    start, end = (b"a,b\n1,2\n3,", b"\n5,6\n") if "csv" in name else (b'{"a":1}\n{"b":"', b'"}\n{"c":3}\n')
    content = start + b"x" * (100 << 20) + end
    path.write_bytes(gzip.compress(content, 1) if name.endswith("gz") else zstandard.compress(content))
    del content
    tracemalloc.start()
    batches = list(open_rows(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(len(batch.rows) for batch in batches) == 2
    ((line, reason, text),) = [reject for batch in batches for reject in batch.rejects]
    assert (line, reason) == (3 if "csv" in name else 2, "longer than 8,388,608 bytes")
    assert len(text) == 1_000
    assert peak < 48 << 20


def test_a_line_of_ten_megabytes_is_rejected_and_the_rest_continues_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":"' + b"x" * 10_000_000 + b'"}\n{"c":3}\n')
    first, second, third = open_rows(path, size=1)
    assert second.rejects[0].line == 2
    assert values_in(path, second.position) == [{"c": 3}] == [row.values for row in third.rows]
    assert first.rows[0].values == {"a": 1}


def test_large_rows_end_a_batch_early(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":"%s"}\n' % (b"x" * 7_000_000) * 8)
    assert [len(batch.rows) for batch in open_rows(path)] == [3, 3, 2]


def test_the_fingerprint_tells_contents_apart_and_nothing_else(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    one.write_bytes(b"a" * 3_000_000)
    same.write_bytes(b"a" * 3_000_000)
    other.write_bytes(b"a" * 1_500_000 + b"b" + b"a" * 1_499_999)
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)


def test_the_fingerprint_of_a_large_file_sees_its_size_its_beginning_and_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large"
    size = 65 << 20
    seen = set[str]()
    for at, total in ((0, size), (size - 1, size), (size, size + 1)):
        with path.open("wb") as file:
            file.truncate(total)
            file.seek(at)
            file.write(b"x")
        seen.add(fingerprint(path))
    assert len(seen) == 3


def test_a_sample_has_the_columns_and_tells_events_from_records(tmp_path: Path) -> None:
    events, flat = tmp_path / "events.jsonl", tmp_path / "flat.jsonl"
    events.write_bytes(b'{"type":"track","userId":"u1"}\n' * 3 + b"{}\n")
    flat.write_bytes(b'{"mail":"a@b.example"}\n{"mail":"c@d.example","city":"Graz"}\n')
    assert sample(events).are_events
    assert not sample(flat).are_events
    assert sample(flat).columns == ("mail", "city")


@pytest.mark.parametrize(
    ("name", "count"),
    [("fake_1000.csv", 1_000), ("febrl3.csv", 5_000), ("historical_figures_with_errors_2k.parquet", 2_000)],
)
def test_real_files_are_read_whole(name: str, count: int) -> None:
    rows = values_in(RECORDS / name)
    assert len(rows) == count
    assert len({tuple(map(str, row.values())) for row in rows}) == count
    assert not [cell for row in rows for cell in row.values() if isinstance(cell, str) and cell.startswith(" ")]


ENCODED = {
    "as Excel writes it in Graz": ("windows-1252", ";"),
    "Latin-1": ("latin-1", ","),
    "Excel's Unicode text": ("utf-16", "\t"),
    "UTF-16 without its mark": ("utf-16-le", "\t"),
}


@pytest.mark.parametrize(("encoding", "delimiter"), ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_text_in_another_encoding_is_read_and_gone_on_with_as_the_same_in_utf8(
    tmp_path: Path, encoding: str, delimiter: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(pack(delimited(ROWS, delimiter).decode().encode(encoding)))
    batches = list(open_rows(path, size=3, encoding=encoding))
    assert [row.values for batch in batches for row in batch.rows] == ROWS
    rest = open_rows(path, batches[0].position, encoding=encoding)
    assert [row.values for batch in rest for row in batch.rows] == ROWS[3:]
    columns = read_columns(path, encoding)
    assert {name: column.to_pylist() for name, column in columns.columns.items()} == {
        name: [row[name] for row in ROWS] for name in ROWS[0]
    }


def test_the_mark_of_utf16_tells_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        path.write_bytes(mark + delimited(ROWS, "\t").decode().encode(encoding))
        assert values_in(path) == ROWS


def test_what_is_not_in_the_encoding_that_is_named_is_told_and_so_is_one_that_there_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(delimited(ROWS))
    with pytest.raises(InputError, match="name another with --encoding"):
        sample(path, encoding="ascii")
    with pytest.raises(InputError, match="no encoding 'excel'"):
        sample(path, encoding="excel")
    assert len(sample(path, encoding="utf8").rows) == len(ROWS)
