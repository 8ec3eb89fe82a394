"""Delimited text: CSV, TSV and their kin, with quoted cells that may hold line ends."""

import csv
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from graph_cdp.errors import InputError
from graph_cdp.files.rows import BATCH_BYTES, Batch, Position, Reject, Row, excerpt, not_utf8
from graph_cdp.files.streams import LONGEST_LINE, ByteStream
from graph_cdp.normalise.shapes import is_date, is_email, is_number, is_uuid

_DELIMITERS = ",;\t|"
_RECORDS_TRIED = 50


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written. `spaced`: delimiters are followed by spaces that do not count; `end` parts the lines."""

    delimiter: str
    spaced: bool
    end: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, and where the records after them start."""

    dialect: Dialect
    columns: tuple[str, ...]
    end: Position


def read_header(stream: ByteStream, head: bytes, start: Position, *, cut: bool) -> Header:
    """Find out how the file is written from its beginning, and read its first record, at `start`.

    `cut` tells that `head` is not the whole file. Raises InputError where that does not name every column once.
    """
    dialect = _sniff(head[start.offset :], cut=cut)
    records = _Records(stream, start, dialect)
    cells: list[str] | None = []
    while not cells and not records.fault and cells is not None:
        cells = records.next()
    if not cells:
        why = records.fault or stream.damage or "there is none"
        raise InputError(f"{stream.path}: line {records.line}: the header cannot be read: {why}.")
    return Header(dialect, _columns(cells, records.line, stream.path), records.position)


def read_delimited(stream: ByteStream, header: Header, start: Position, size: int) -> Iterator[Batch]:
    """The records from `start` on, `size` a batch or fewer; empty lines are passed over.

    Where the stream is damaged, they end early.
    """
    rows, rejects = list[Row](), list[Reject]()
    columns, width, batch_start = header.columns, len(header.columns), start.offset
    records = _Records(stream, start, header.dialect)
    while (cells := records.next()) is not None:
        if len(cells) == width:
            rows.append(Row(records.line, dict(zip(columns, cells, strict=True))))
        elif cells or records.fault:
            why = records.fault or f"it has {len(cells)} cells where the header has {width}"
            rejects.append(Reject(records.line, why, excerpt(records.raw)))
        if len(rows) + len(rejects) == size or records.offset - batch_start >= BATCH_BYTES:
            yield Batch(rows, rejects, records.position, stream.done, stream.total)
            rows, rejects, batch_start = [], [], records.offset
    if rows or rejects:
        yield Batch(rows, rejects, records.position, stream.done, stream.total)


class _Records:
    """Parts the lines of a stream into records. `line` is where the one at hand starts, `fault` why it is none.

    `offset` is the byte where the next one starts.
    """

    def __init__(self, stream: ByteStream, start: Position, dialect: Dialect) -> None:
        self.line = start.line
        self.fault: str | None = None
        self._next_line, self.offset = start.line + 1, start.offset
        self._taken = list[tuple[bytes, int]]()
        self._waiting = deque[tuple[bytes, int]]()
        self._stream = stream
        self._dialect = dialect
        self._blocks = stream.lines(start.offset, dialect.end)
        self._cells = self._parse()

    @property
    def raw(self) -> bytes:
        """The lines of the record at hand."""
        return self._dialect.end.join(line for line, _ in self._taken)

    @property
    def position(self) -> Position:
        """Where the next record starts."""
        return Position(self._next_line - 1, self.offset)

    def next(self) -> list[str] | None:
        """The cells of the next record, none for an empty line and one with a fault; None at the end."""
        self.line, self.fault = self._next_line, None
        self._taken = []
        try:
            cells = next(self._cells)
        except StopIteration:
            return None
        except csv.Error as fault:
            if self._stream.damage:
                return None
            # A quote that is never closed spoils the line it stands in and none of those after it.
            self._waiting.extendleft(reversed(self._taken[1:]))
            del self._taken[1:]
            self._cells = self._parse()
            self.fault = _in_words(fault)
        self._next_line += len(self._taken)
        for _, size in self._taken:
            self.offset += size
        return [] if self.fault else cells

    def _parse(self) -> Iterator[list[str]]:
        """Strict, since what stray quotes would be taken for is a guess."""
        dialect = self._dialect
        return csv.reader(self._lines(), delimiter=dialect.delimiter, skipinitialspace=dialect.spaced, strict=True)

    def _lines(self) -> Iterator[str]:
        end = self._dialect.end.decode()
        while True:
            while self._waiting:
                line = self._waiting.popleft()
                self._taken.append(line)
                yield self._text(*line) + end
            block = next(self._blocks, None)
            if block is None:
                return
            if block.size is None:
                self._waiting.extend([(raw, len(raw) + 1) for raw in block.lines])
            else:
                self._waiting.append((block.lines[0], block.size + 1))

    def _text(self, raw: bytes, size: int) -> str:
        if size > LONGEST_LINE + 1:
            self.fault = f"longer than {LONGEST_LINE:,} bytes"
            return ""
        if 0 in raw:
            self.fault = f"NUL at byte {raw.index(0) + 1}"
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.fault = self.fault or not_utf8(raw)
            return raw.decode(errors="replace")


def _in_words(fault: csv.Error) -> str:
    told = str(fault)
    if told.startswith("field larger"):
        return f"a cell is longer than {csv.field_size_limit():,} characters, or a quote is never closed"
    if told.startswith("unexpected end"):
        return "a quote is never closed"
    if told.startswith("new-line"):
        return "a carriage return in the middle of a cell that is not quoted"
    return "a quote in the middle of a cell"


def _sniff(head: bytes, *, cut: bool) -> Dialect:
    """The delimiter that gives the records the header's number of cells most often, and the header the most."""
    end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
    lines = list(StringIO(head.decode(errors="replace"), newline=""))
    if cut and len(lines) > 1:
        del lines[-1]

    def fit(delimiter: str) -> tuple[float, int]:
        widths = list[int]()
        try:
            for cells in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
                widths += [len(cells)] if cells else []
                if len(widths) == _RECORDS_TRIED:
                    break
        except csv.Error:
            return (0, 0)
        width = widths[0] if widths else 0
        return (Counter(widths)[width] / max(1, len(widths)) if width > 1 else 0, width)

    delimiter = max(_DELIMITERS, key=fit)
    header = next(iter(csv.reader(lines, delimiter=delimiter)), [])
    spaced = len(header) > 1 and all(cell.startswith(" ") for cell in header[1:])
    return Dialect(delimiter, spaced, end)


def _columns(cells: list[str], line: int, path: Path) -> tuple[str, ...]:
    """The names of the columns; one without a name is called by its place. Messages hold no cell: it may be data."""
    for number, cell in enumerate(cells, 1):
        for is_value, what in ((is_email, "an e-mail address"), (is_uuid, "a UUID"), (is_date, "a date")):
            if is_value(cell.strip()):
                raise InputError(
                    f"{path}: line {line}, cell {number} is {what} where the name of a column should be:"
                    " put a header line at the top."
                )
    if sum(is_number(cell.strip()) for cell in cells) * 2 > len(cells):
        raise InputError(f"{path}: line {line} holds numbers, not names of columns: put a header line at the top.")
    columns = [cell.strip() or f"column_{number}" for number, cell in enumerate(cells, 1)]
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputError(f"{path}: line {line}: two columns are called {twice[0]!r}: rename one of them.")
    return tuple(columns)
