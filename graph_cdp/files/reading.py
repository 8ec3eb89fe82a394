"""Opening a file of rows, a look at its first rows, and its fingerprint."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from graph_cdp.errors import InputError
from graph_cdp.files.delimited import read_delimited, read_header
from graph_cdp.files.jsonl import read_jsonl
from graph_cdp.files.kinds import BOM, kind_of
from graph_cdp.files.mapping import is_event
from graph_cdp.files.rows import BATCH_ROWS, Batch, Kind, Position, RowFile
from graph_cdp.files.streams import ByteStream

HEAD = 64 << 10
_EDGE = 1 << 20
_READ_WHOLE_BELOW = 64 << 20


def open_rows(
    path: Path, start: Position | None = None, size: int = BATCH_ROWS, encoding: str | None = None
) -> RowFile:
    """Open a JSONL, CSV or Parquet file, plain or (all but Parquet) packed with gzip or zstd, and stream its rows.

    A batch holds `size` records or fewer; memory stays bounded whatever the file holds. Records that cannot be
    read are in the batch as rejects. `start`, a batch's position, gives exactly what came after that batch. `encoding`
    of text that is not UTF-8; offsets count as if it were.
    Raises InputError, at once or while iterating, where the file as a whole cannot be read; batches before a
    damaged place come first.
    """
    with ByteStream(path, encoding) as stream:
        head = stream.head(HEAD)
        kind = kind_of(path, head)
        if kind == "parquet":
            if stream.packing:
                raise InputError(f"{path}: a Parquet file inside {stream.packing}: unpack it first.")
            return _parquet_rows(path, start or Position(0, 0), size)
        origin = Position(0, len(BOM) if head.startswith(BOM) else 0)
        if kind == "jsonl":
            begin = start or origin
            return RowFile(path, kind, (), _stream(path, encoding, begin, lambda s: read_jsonl(s, begin, size)))
        header = read_header(stream, head, origin, cut=len(head) == HEAD)
    begin = start or header.end
    batches = _stream(path, encoding, begin, lambda s: read_delimited(s, header, begin, size))
    return RowFile(path, kind, header.columns, batches)


def _parquet_rows(path: Path, start: Position, size: int) -> RowFile:
    # Loading pyarrow takes longer than reading most files of the other kinds.
    from graph_cdp.files.parquet import parquet_columns, read_parquet  # noqa: PLC0415

    return RowFile(path, "parquet", parquet_columns(path), read_parquet(path, start, size))


def _stream(
    path: Path, encoding: str | None, start: Position, read: Callable[[ByteStream], Iterator[Batch]]
) -> Iterator[Batch]:
    line = start.line
    with ByteStream(path, encoding) as stream:
        for batch in read(stream):
            yield batch
            line = batch.position.line
        if stream.damage:
            raise InputError(
                f"{path}: {stream.damage}, after line {line}; what came before was read."
                " Fetch the file again, and continue."
            )


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a file, to guess a mapping from. JSONL has the columns that these rows have."""

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[dict[str, object], ...]

    @property
    def are_events(self) -> bool:
        """Whether the rows are events already and need no mapping: JSON objects of which most have an event's keys."""
        return self.kind == "jsonl" and sum(map(is_event, self.rows)) * 2 > len(self.rows)


def sample(path: Path, size: int = 1_000, encoding: str | None = None) -> Sample:
    """Read the first `size` records, or fewer where they are long. Raises InputError as `open_rows`."""
    file = open_rows(path, size=size, encoding=encoding)
    batch = next(file.batches, None)
    rows = tuple(row.values for row in batch.rows) if batch else ()
    columns = file.columns or tuple(dict.fromkeys(column for values in rows for column in values))
    return Sample(file.kind, columns, rows)


def fingerprint(path: Path) -> str:
    """A name for what a file holds, to tell whether an interrupted load may continue.

    `SIZE-HASH`: the size in bytes, and BLAKE2b (128 bits) over the whole file, or, from 64 MiB on, over its first and
    last MiB. So a large file that was changed in its middle alone, to the same size, goes unnoticed; no export
    program writes such. Raises InputError where the file cannot be read.
    """
    digest = blake2b(digest_size=16)
    with ByteStream(path) as stream:
        if stream.total < _READ_WHOLE_BELOW:
            for chunk in stream.stored(0, stream.total):
                digest.update(chunk)
        else:
            for start in (0, stream.total - _EDGE):
                for chunk in stream.stored(start, _EDGE):
                    digest.update(chunk)
        return f"{stream.total}-{digest.hexdigest()}"
