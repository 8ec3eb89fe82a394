"""Parquet: columnar files, read a batch of rows at a time."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph_cdp.errors import InputError
from graph_cdp.files.rows import Batch, Position, Reject, Row

_BUFFER = 1 << 20


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns. Raises InputError where the file is encrypted, broken or names one twice."""
    with _open(path) as file:
        names = file.schema_arrow.names
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(f"{path}: two columns are called {twice[0]!r}: rename one of them.")
    return tuple(names)


def parquet_table(path: Path) -> "pa.Table | None":
    """The whole file in columns; None where a text in it is not UTF-8. Raises InputError where it cannot be read."""
    parquet_columns(path)
    with _open(path) as file:
        try:
            table = file.read()
        except (pa.ArrowException, OSError) as fault:
            raise _unreadable(path, fault) from None
    try:
        table.validate(full=True)
    except pa.ArrowInvalid:
        return None
    batches = [_without_nanoseconds(batch) for batch in table.to_batches()]
    return pa.Table.from_batches(batches, None if batches else table.schema)


def read_parquet(path: Path, start: Position, size: int) -> Iterator[Batch]:
    """The rows from `start` on, `size` a batch or fewer. Raises InputError after the last row that could be read."""
    read = start.line
    with _open(path) as file:
        groups, skip = _groups_from(file, read)
        try:
            for table in file.iter_batches(batch_size=size, row_groups=groups):
                fresh, skip = table.slice(skip), max(0, skip - table.num_rows)
                if fresh.num_rows:
                    rows, rejects = _rows(_without_nanoseconds(fresh), read + 1)
                    read += fresh.num_rows
                    yield Batch(rows, rejects, Position(read, read), read, file.metadata.num_rows)
        except (pa.ArrowException, OSError) as fault:
            raise _unreadable(path, fault, f" after row {read}") from None


def _open(path: Path) -> "pq.ParquetFile":
    try:
        return pq.ParquetFile(path, buffer_size=_BUFFER, coerce_int96_timestamp_unit="us")
    except (pa.ArrowException, OSError) as fault:
        raise _unreadable(path, fault) from None


def _groups_from(file: "pq.ParquetFile", row: int) -> tuple[list[int], int]:
    """The row groups that hold what comes after so many rows, and how many rows of the first were read."""
    groups = list(range(file.metadata.num_row_groups))
    while groups and row >= (held := file.metadata.row_group(groups[0]).num_rows):
        row -= held
        del groups[0]
    return groups, row


def _rows(table: "pa.RecordBatch", line: int) -> tuple[list[Row], list[Reject]]:
    try:
        return [Row(number, values) for number, values in enumerate(table.to_pylist(), line)], []
    except (ValueError, OverflowError):
        if table.num_rows == 1:
            return [], [Reject(line, _why_not(table), "")]
    rows, rejects = list[Row](), list[Reject]()
    for at in range(table.num_rows):
        row, reject = _rows(table.slice(at, 1), line + at)
        rows += row
        rejects += reject
    return rows, rejects


def _why_not(row: "pa.RecordBatch") -> str:
    """Which value Python has no room for."""
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            column.to_pylist()
        except UnicodeDecodeError:
            return f"{name}: is not UTF-8"
        except (ValueError, OverflowError):
            return f"{name}: holds a time out of bounds, which are the years 1 to 9999"
    return "a value cannot be read"


def _without_nanoseconds(table: "pa.RecordBatch") -> "pa.RecordBatch":
    """Cut times to microseconds, the finest that Python's `datetime` holds."""
    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = table.column(at).cast(pa.timestamp("us", field.type.tz), safe=False)
        elif pa.types.is_time64(field.type) and field.type.unit == "ns":
            column = table.column(at).cast(pa.time64("us"), safe=False)
        else:
            continue
        table = table.set_column(at, field.name, column)
    return table


def _unreadable(path: Path, fault: Exception, where: str = "") -> InputError:
    if "encrypt" in str(fault).lower():
        return InputError(f"{path}: this Parquet file is encrypted: write it without encryption first.")
    return InputError(f"{path}: this Parquet file cannot be read{where}: it is damaged or cut off; fetch it again.")
