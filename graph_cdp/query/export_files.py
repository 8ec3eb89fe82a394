"""Writing rows as JSON Lines, CSV or Parquet, page by page."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol, TypeAlias

import orjson

from graph_cdp.errors import InputError
from graph_cdp.query.export import Row, What

Kind: TypeAlias = Literal["jsonl", "csv", "parquet"]

COLUMNS: Final[dict[What, tuple[str, ...]]] = {
    "profiles": ("id", "identifiers", "traits"),
    "links": ("a", "b", "kind", "count", "first_seen", "last_seen", "sources", "score"),
    "refusals": ("a", "b", "kind", "reason", "namespace"),
    "events": ("id", "type", "name", "at", "received_at", "source", "channel", "event"),
}
_JSON: Final = frozenset({"traits", "event"})
_LISTS: Final = frozenset({"identifiers", "sources"})
_MOMENTS: Final = frozenset({"first_seen", "last_seen", "at", "received_at"})
_ROWS_OF_A_GROUP: Final = 50_000


class Sink(Protocol):
    """Where rows go; `close` finishes the file, but leaves it open."""

    def write(self, rows: Sequence[Row]) -> None:
        """Take a page of rows."""

    def close(self) -> None:
        """Write what is still held."""


@contextmanager
def output(path: Path | None, standard: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a file that appears whole or not at all; without a path the standard output.

    Raises InputError where it cannot be written.
    """
    place = "standard output" if path is None else str(path)
    try:
        if path is None:
            yield standard
            standard.flush()
        elif path.exists() and not path.is_file():  # a device or a pipe, which nothing can take the place of
            with path.open("wb") as device:
                yield device
        else:
            partial = path.with_name(f".{path.name}.{os.getpid()}.part")
            try:
                with partial.open("xb") as file:
                    yield file
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise InputError(f"{place}: cannot be written: {fault.strerror}: make room, or name another file.") from fault


def sink(what: What, kind: Kind, file: IO[bytes]) -> Sink:
    """What writes rows of one kind in one format to a file."""
    match kind:
        case "jsonl":
            return _Jsonl(file)
        case "csv":
            return _Csv(file, COLUMNS[what])
        case "parquet":
            return _Parquet(file, COLUMNS[what])


class _Jsonl:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, rows: Sequence[Row]) -> None:
        self._file.write(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))

    def close(self) -> None:
        pass


class _Csv:
    """Lists and objects are JSON text, nulls are empty."""

    def __init__(self, file: IO[bytes], columns: tuple[str, ...]) -> None:
        self._file, self._columns = file, columns
        self._write([columns])

    def write(self, rows: Sequence[Row]) -> None:
        self._write([[_cell(row[column]) for column in self._columns] for row in rows])

    def close(self) -> None:
        pass

    def _write(self, rows: Sequence[Sequence[object]]) -> None:
        text = StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._file.write(text.getvalue().encode())


def _cell(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


class _Parquet:
    """Objects are JSON text, lists are lists, moments are timestamps in UTC."""

    def __init__(self, file: IO[bytes], columns: tuple[str, ...]) -> None:
        # Loading pyarrow takes longer than most exports of the other kinds.
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        def type_of(column: str) -> Any:
            if column in _LISTS:
                return pa.list_(pa.string())
            if column in _MOMENTS:
                return pa.timestamp("ms", tz="UTC")
            return {"count": pa.int64(), "score": pa.float64()}.get(column, pa.string())

        self._schema = pa.schema([(column, type_of(column)) for column in columns])
        self._table: Callable[..., Any] = pa.Table.from_pylist
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._held: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        self._held += [{name: _typed(name, value) for name, value in row.items()} for row in rows]
        if len(self._held) >= _ROWS_OF_A_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._table(self._held, schema=self._schema))
        self._held = []


def _typed(name: str, value: object) -> object:
    if name in _MOMENTS:
        return datetime.fromisoformat(str(value))
    return orjson.dumps(value).decode() if name in _JSON else value
