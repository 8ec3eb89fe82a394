"""What reading a file gives: batches of rows and rejects, each with the place to resume at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["jsonl", "csv", "parquet"]

EXCERPT_BYTES = 1_000
"""How much of an unreadable row a reject keeps."""

BATCH_ROWS = 2_000
BATCH_BYTES = 16 << 20
"""A batch ends at either, so that its memory stays bounded whatever the rows are like."""

_REMEDY = "say with --encoding how it is written (by Excel: windows-1252)"


class Row(NamedTuple):
    """One record. `line` is where it starts, counted from 1; in Parquet the number of the row.

    CSV values are text, an empty cell is the empty text; Parquet values are Python's (`Decimal`, `datetime` …).
    """

    line: int
    values: dict[str, object]


class Reject(NamedTuple):
    """A record that could not be read. `text` is its beginning, made printable; only `reason` may be logged."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a batch ended: `line` lines were read, the next record starts at byte `offset` of the uncompressed file.

    In Parquet both are the number of rows read. `Position(**stored)` restores it from JSON.
    """

    line: int
    offset: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some consecutive records. `done` of `total` were read: bytes of the file as it is on disk, in Parquet rows."""

    rows: list[Row]
    rejects: list[Reject]
    position: Position
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file that can be read; iterating gives its batches, once.

    `columns` are in the file's order; JSONL has none of its own.
    """

    path: Path
    kind: Kind
    columns: tuple[str, ...]
    batches: Iterator[Batch]

    def __iter__(self) -> Iterator[Batch]:
        return self.batches


def excerpt(raw: bytes) -> str:
    """The beginning of a record as text that can be written anywhere; bytes that are not UTF-8 show as escapes."""
    return raw[:EXCERPT_BYTES].decode("utf-8", "backslashreplace")[:EXCERPT_BYTES]


def not_utf8(raw: bytes) -> str | None:
    """Why these bytes are not UTF-8, in words; None where they are."""
    try:
        raw.decode()
    except UnicodeDecodeError as fault:
        return f"not UTF-8 at byte {fault.start + 1}: {_REMEDY}"
    return None
