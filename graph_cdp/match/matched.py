"""What matching gives back: pairs in columns, bands, clusters. Pure."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Band: TypeAlias = Literal["join", "review", "apart"]

Rows: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


class Judged(NamedTuple):
    """A decision on two records, by row: the same, or different."""

    a: int
    b: int
    same: bool


@dataclass(frozen=True, eq=False)
class Pairs:
    """Candidate pairs in columns: rows `a` < `b`, ordered by (a, b), each pair once.

    `weight` is the sum of the waterfall in bits, `score` the probability that both records belong together, `band` 2
    for join, 1 for review, 0 for apart (`BANDS` spells them).
    """

    a: Rows
    b: Rows
    weight: Floats
    score: Floats
    band: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.a)


BANDS: tuple[Band, ...] = ("apart", "review", "join")


class Figure(NamedTuple):
    """One line of a report: what, how much, and in words."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, eq=False)
class Matched:
    """The result of matching. By record: `cluster` is the smallest row of its cluster, `confidence` between 0 and 1.

    The confidence is that the record belongs to its cluster; of a record that is alone, that it is rightly alone.
    `report` tells in words what was done and what was left out.
    """

    cluster: Rows
    confidence: Floats
    pairs: Pairs
    report: tuple[Figure, ...]


class Scored(NamedTuple):
    """One record beside another: the probability that they belong together, the weight in bits, the band."""

    score: float
    weight: float
    band: Band
