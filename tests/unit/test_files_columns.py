"""A file read whole, in columns, has the records that it has row by row, whatever stands in it."""

import csv
import gzip
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_cdp.errors import InputError
from graph_cdp.files import open_rows
from graph_cdp.files.columns import read_columns
from graph_cdp.files.texts import text_of

pieces = st.sampled_from(
    [b"a", b"b", b"1", b",", b",", b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b" ", b"\xc3\xa9", b"\xff", b"\0", b";"]
)


def row_by_row(path: Path) -> tuple[list[int], list[dict[str, str | None]], list[tuple[int, str]]]:
    batches = list(open_rows(path))
    rows = [row for batch in batches for row in batch.rows]
    rejects = [(one.line, one.reason) for batch in batches for one in batch.rejects]
    return [row.line for row in rows], [{k: text_of(v) for k, v in row.values.items()} for row in rows], rejects


def in_columns(path: Path) -> tuple[list[int], list[dict[str, str | None]], list[tuple[int, str]]]:
    read = read_columns(path)
    values = [column.to_pylist() for column in read.columns.values()]
    rows = [dict(zip(read.columns, row, strict=True)) for row in zip(*values, strict=True)]
    return read.lines.tolist(), rows, [(one.line, one.reason) for one in read.rejects]


@settings(deadline=None)
@given(st.lists(pieces, max_size=40).map(b"".join))
@example(b'x,"y"\n"a,",b\n')
@example(b'x"",y\n')
@example(b'a",y\n"a",b')
@example(b'"a\n",b\n')
@example(b"a,b\n \n")
def test_a_delimited_file_has_the_same_records_in_columns(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for header in (b"one,two\n", b"one, two\r\n", b"one;two;three\n", b"only\n"):
            path = Path(folder) / "file.csv"
            path.write_bytes(header + body)
            try:
                told = row_by_row(path)
            except InputError:
                with pytest.raises(InputError):
                    read_columns(path)
            else:
                assert in_columns(path) == told


def test_packed_files_and_cells_too_long_are_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" + b"x" * (csv.field_size_limit() + 1) + b",3\n4,\n"))
    lines, rows, rejects = in_columns(path)
    assert (lines, rows, rejects) == row_by_row(path)
    assert lines == [2, 4]
    assert rows[1] == {"a": "4", "b": ""}


def test_a_damaged_file_is_refused_as_it_is_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 50_000)[:-20])
    with pytest.raises(InputError, match="ends too early"):
        read_columns(path)


def test_json_values_become_text_and_a_key_that_comes_late_is_missing_before(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    rows = [{"a": 1}, {"a": 12.0, "b": None}, {"b": True, "c": ["x", 1]}, {"a": 1.5, "c": {"d": "é"}}]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)) + b"\n{broken\n")
    read = read_columns(path)
    assert {name: column.to_pylist() for name, column in read.columns.items()} == {
        "a": ["1", "12", None, "1.5"],
        "b": [None, None, "true", None],
        "c": [None, None, '["x",1]', '{"d":"é"}'],
    }
    assert [one.line for one in read.rejects] == [5]


def test_parquet_columns_become_text(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    table = pa.table(
        {
            "text": ["a", None],
            "whole": [1, None],
            "float": [12345.0, float("nan")],
            "born": [date(1990, 2, 3), None],
            "midnight": pa.array(["1990-02-03", "1990-02-04"]).cast(pa.timestamp("ns")),
            "moment": pa.array(["1990-02-03 04:05:00", None]).cast(pa.timestamp("us")),
            "price": [Decimal("1.50"), None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "nothing": pa.nulls(2),
        }
    )
    pq.write_table(table, path)
    read = read_columns(path)
    assert [column[0].as_py() for column in read.columns.values()] == [
        "a", "1", "12345", "1990-02-03", "1990-02-03", "1990-02-03 04:05:00", "1.50", "x", None,
    ]  # fmt: skip
    assert in_columns(path) == row_by_row(path)


def test_parquet_without_rows_has_its_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "file.parquet")
    assert list(read_columns(tmp_path / "file.parquet").columns) == ["a"]
