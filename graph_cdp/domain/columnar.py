"""Rows of one kind kept in columns, so that what is done to a whole batch is done in compiled code."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, compress
from typing import Any, TypeVar, cast, overload

R = TypeVar("R", bound=tuple[Any, ...])


class Columnar(Sequence[R]):
    """Rows of a named tuple, kept by column. Each row is made when asked for, and not kept.

    `columns` holds one sequence a field, in the order of the fields, all as long as there are rows.
    """

    __slots__ = ("_kind", "columns")

    def __init__(self, kind: type[R], columns: Sequence[Sequence[Any]]) -> None:
        self._kind = kind
        self.columns = columns

    @classmethod
    def of(cls, kind: type[R], rows: Iterable[R]) -> "Columnar[R]":
        """Rows in columns: the same object where they are so already."""
        if isinstance(rows, Columnar):
            return rows
        return cls(kind, [*zip(*rows, strict=True)] or [()] * len(cast("Any", kind)._fields))

    @classmethod
    def joined(cls, kind: type[R], parts: Sequence["Columnar[R]"]) -> "Columnar[R]":
        """The rows of several, one after the other; the same object where there is one."""
        if len(parts) == 1:
            return parts[0]
        columns = zip(*(part.columns for part in parts), strict=True)
        return cls(kind, [[*chain.from_iterable(column)] for column in columns])

    def only(self, chosen: Sequence[bool]) -> "Columnar[R]":
        """The rows that are chosen, each by its place; the same object where all are."""
        return self if all(chosen) else Columnar(self._kind, [[*compress(one, chosen)] for one in self.columns])

    def column(self, field: str) -> Sequence[Any]:
        """All values of a field."""
        return self.columns[cast("Any", self._kind)._fields.index(field)]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[R]:
        # What `kind._make` does, in compiled code.
        return map(partial(tuple.__new__, self._kind), zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> "Columnar[R]": ...
    def __getitem__(self, index: int | slice) -> "R | Columnar[R]":
        cut = [column[index] for column in self.columns]
        return tuple.__new__(self._kind, cut) if isinstance(index, int) else Columnar(self._kind, cut)
