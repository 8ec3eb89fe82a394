"""Records in columns: what matching reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

Record: TypeAlias = Mapping[str, str | None]
"""One record: its values by the name of the column. A column that is not named is missing."""


@dataclass(frozen=True, eq=False)
class Table:
    """Records in columns of equal length. A record is known by its row, a number from 0.

    `columns` are by name, in order; null and the empty text are missing. `ids` name the records to the outside; they
    need not be distinct. `sources` tell for each record where it comes from: two of one source may match as well.
    """

    columns: Mapping[str, pa.LargeStringArray]
    ids: pa.LargeStringArray
    sources: pa.LargeStringArray | None = None

    @classmethod
    def of(
        cls,
        columns: Mapping[str, Sequence[str | None] | pa.Array | pa.ChunkedArray],
        *,
        ids: Sequence[str] | pa.Array | pa.ChunkedArray | None = None,
        sources: Sequence[str] | pa.Array | pa.ChunkedArray | None = None,
    ) -> "Table":
        """Read lists of texts, or Arrow columns of any type (cast to text). Without `ids` the row number is the id.

        Raises ValueError where columns differ in length.
        """
        read = {name: _texts(column) for name, column in columns.items()}
        rows = len(next(iter(read.values()))) if read else len(ids or ())
        names = _texts(ids) if ids is not None else _texts(pa.array(range(rows), pa.int64()))
        origin = None if sources is None else _texts(sources)
        if any(len(column) != rows for column in (*read.values(), names, *([] if origin is None else [origin]))):
            raise ValueError("columns differ in length: give every column a value, or null, for every record")
        return cls(read, names, origin)

    @classmethod
    def of_records(cls, records: Sequence[Record]) -> "Table":
        """Records as a table, with the columns of all of them."""
        names = list(dict.fromkeys(name for record in records for name in record))
        return cls.of(
            {name: [record.get(name) for record in records] for name in names},
            ids=[str(i) for i in range(len(records))],
        )

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> pa.LargeStringArray:
        """The values of a column, all missing where there is none of that name."""
        return self.columns[name] if name in self.columns else pa.nulls(len(self), pa.large_string())

    def record(self, row: int) -> Record:
        """The values of one record."""
        return {name: column[row].as_py() for name, column in self.columns.items()}


def _texts(values: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        return pa.array(values, pa.large_string())
    column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(column, pa.ChunkedArray):  # an Arrow that keeps chunks of strings apart
        column = pa.concat_arrays(column.chunks)
    return column if column.type == pa.large_string() else column.cast(pa.large_string())
