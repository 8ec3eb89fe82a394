"""A whole file in columns of text: the same records as row by row, read in compiled code wherever that is certain."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph_cdp.files.delimited import Header, read_header
from graph_cdp.files.kinds import BOM, kind_of
from graph_cdp.files.parquet import parquet_table
from graph_cdp.files.reading import HEAD, open_rows
from graph_cdp.files.rows import Kind, Position, Reject, Row
from graph_cdp.files.streams import LONGEST_LINE, ByteStream, DamageError
from graph_cdp.files.texts import column_of_texts, text_of

_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class Columns:
    """The records of a file. `columns` are by name, in the file's order; null and the empty text are missing.

    `lines` tell where each record starts, counted from 1; in Parquet the number of the row. `rejects` are the records
    that could not be read.
    """

    path: Path
    kind: Kind
    columns: dict[str, pa.LargeStringArray]
    lines: NDArray[np.int64]
    rejects: tuple[Reject, ...]

    def __len__(self) -> int:
        return len(self.lines)


def read_columns(path: Path, encoding: str | None = None) -> Columns:
    """Read a JSONL, CSV or Parquet file as `open_rows` does, but whole: it must fit into memory.

    Raises InputError where the file as a whole cannot be read.
    """
    with ByteStream(path, encoding) as stream:
        head = stream.head(HEAD)
        kind = kind_of(path, head)
        if kind == "csv":
            start = Position(0, len(BOM) if head.startswith(BOM) else 0)
            header = read_header(stream, head, start, cut=len(head) == HEAD)
            if (plain := _plain_delimited(stream, header)) is not None:
                return Columns(path, kind, *plain, ())
    if kind == "parquet" and (table := parquet_table(path)) is not None:
        columns = {name: column_of_texts(table[name]) for name in table.column_names}
        return Columns(path, kind, columns, np.arange(1, table.num_rows + 1), ())
    return _row_by_row(path, encoding)


def _row_by_row(path: Path, encoding: str | None) -> Columns:
    file = open_rows(path, size=_ROWS_AT_ONCE, encoding=encoding)
    parts, lines, rejects = {name: list[pa.Array]() for name in file.columns}, list[int](), list[Reject]()
    for batch in file:
        for name in () if file.columns else dict.fromkeys(name for row in batch.rows for name in row.values):
            parts.setdefault(name, [pa.nulls(len(lines), pa.large_string())])
        for name, chunks in parts.items():
            chunks.append(_texts(batch.rows, name))
        lines += [row.line for row in batch.rows]
        rejects += batch.rejects
    columns = {name: pa.concat_arrays([pa.array([], pa.large_string()), *chunks]) for name, chunks in parts.items()}
    return Columns(path, file.kind, columns, np.array(lines, np.int64), tuple(rejects))


def _texts(rows: list[Row], name: str) -> pa.LargeStringArray:
    values = [row.values.get(name) for row in rows]
    try:
        return pa.array(values, pa.large_string())
    except (pa.ArrowException, UnicodeEncodeError):
        return pa.array([text_of(value) for value in values], pa.large_string())


def _plain_delimited(
    stream: ByteStream, header: Header
) -> tuple[dict[str, pa.LargeStringArray], NDArray[np.int64]] | None:
    """The records of a file in which no sign can be taken in two ways; None for any other."""
    try:
        body = b"".join(stream.chunks(header.end.offset))
    except DamageError:
        return None
    if not _is_plain(body, header):
        return None
    try:
        table = _parsed(body, header)
    except pa.ArrowInvalid:
        return None
    ends = body.count(b"\n") + (not body.endswith(b"\n") and bool(body))
    longest = [_longest(table[name]) for name in header.columns]
    if table.num_rows != ends or max(longest) > csv.field_size_limit() or sum(longest) > LONGEST_LINE // 2:
        return None
    columns = {name: column_of_texts(table[name]) for name in header.columns}
    return columns, np.arange(table.num_rows) + header.end.line + 1


def _is_plain(body: bytes, header: Header) -> bool:
    """Whether every line holds one record, and quotes stand at the edges of cells alone."""
    if header.dialect.end != b"\n" or 0 in body or body.count(b"\r") != body.count(b"\r\n"):
        return False
    if body.startswith((b"\n", b"\r")) or b"\n\n" in body or b"\n\r" in body:
        return False
    return b'"' not in body or (not header.dialect.spaced and _quotes_are_edges(body, header.dialect.delimiter))


def _quotes_are_edges(body: bytes, delimiter: str) -> bool:
    signs = np.frombuffer(b"\n" + body + b"\n", np.uint8)
    at = np.flatnonzero(signs == ord('"'))
    edges = np.zeros(256, np.bool_)
    edges[[ord('"'), ord("\n"), ord("\r"), ord(delimiter)]] = True
    # One opens a cell, or goes on after a doubled one, and the next closes it, or is doubled.
    return len(at) % 2 == 0 and bool(edges[signs[at[::2] - 1]].all() and edges[signs[at[1::2] + 1]].all())


def _parsed(body: bytes, header: Header) -> pa.Table:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - files of the other kinds do without

    table = arrow_csv.read_csv(
        pa.BufferReader(body),
        arrow_csv.ReadOptions(column_names=list(header.columns)),
        arrow_csv.ParseOptions(
            delimiter=header.dialect.delimiter, quote_char='"' if b'"' in body else False, newlines_in_values=False
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header.columns, pa.large_string()), null_values=[], strings_can_be_null=False
        ),
    )
    if not header.dialect.spaced:
        return table
    from pyarrow import compute  # noqa: PLC0415

    return pa.table({name: compute.utf8_ltrim(table[name], " ") for name in table.column_names})


def _longest(column: pa.ChunkedArray) -> int:
    from pyarrow import compute  # noqa: PLC0415

    return compute.max(compute.binary_length(column)).as_py() or 0
