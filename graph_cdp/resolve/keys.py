"""What resolution in columns asks of a column of keys: `plain` answers for few rows, `compiled` for a whole store."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Ids: TypeAlias = NDArray[np.int32]
"""An identifier's id is its place in the column of keys; -1 stands for none."""
Int64s: TypeAlias = NDArray[np.int64]
Ranks: TypeAlias = NDArray[np.int16]


class Keys(Protocol):
    """A column of distinct keys, made from one; ValueError where a key is given twice. Arrays "by id" are as long."""

    def ids_of(self, keys: pa.LargeStringArray) -> Ids:
        """The id of each of these keys, -1 for one that is not in the column."""
        ...

    def ranks_among(self, names: Sequence[str]) -> Ranks:
        """By id: the place of the key's namespace among the names, -1 where it is none of them."""
        ...

    def clusters(self, ranks: Ranks, first_seen: Int64s, set_aside: Bools, links: Iterable[tuple[Ids, Ids]]) -> Ids:
        """By id: the id that names its cluster, the smallest by (rank, first_seen, key); -1 if it is set aside.

        A link with an end that is set aside does not count.
        """
        ...

    def exceeding(self, cluster: Ids, ranks: Ranks, limit_by_rank: Mapping[int, int]) -> Bools:
        """By id: whether it names a cluster that holds more identifiers of a rank than its limit."""
        ...
