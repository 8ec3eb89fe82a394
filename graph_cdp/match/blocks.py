"""Pairs of the records that have a key in common. Pure."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph_cdp.match.compiled import are_among, pairs_of_blocks, pairs_of_probes, rows_of_keys
from graph_cdp.match.matched import Bools, Rows
from graph_cdp.match.values import Hashes

Numbers: TypeAlias = NDArray[np.int64]
"""Pairs of rows as one number each: low * records + high."""


def block_sizes(keys: Hashes) -> tuple[Hashes, Rows]:
    """The keys that two records or more have, and how many have each."""
    ordered = np.sort(keys[keys != 0])
    if not len(ordered):
        return ordered, np.zeros(0, np.int64)
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.append(begins, len(ordered)))
    return ordered[begins][sizes > 1], sizes[sizes > 1]


def pairs_in(sizes: Rows) -> int:
    """How many pairs blocks of these sizes have."""
    return int((sizes * (sizes - 1) // 2).sum())


def without(keys: Hashes, left_out: Hashes) -> Hashes:
    """The keys, but 0 for those left out."""
    return np.where(are_among(keys, left_out), np.uint64(0), keys) if len(left_out) else keys


def pairs_of_keys(keys: Hashes, most: int) -> tuple[Numbers, int]:
    """Every pair of rows with the same key, but for keys that more rows have than `most`; and how many such keys."""
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows])]
    pairs, left_out = pairs_of_blocks(rows, keys, most)
    return pairs, left_out


def pairs_beside(keys: Hashes, probes: Bools, most: int) -> Numbers:
    """The pairs of which at least one row is a probe, without the keys that more rows have than `most`."""
    rows = rows_of_keys(keys, keys[probes & (keys != 0)], most)
    rows = rows[np.argsort(keys[rows])]
    return np.asarray(pairs_of_probes(rows, keys, probes))


def distinct_pairs(pairs: Sequence[Numbers]) -> Numbers:
    """Each pair once, ordered by both rows."""
    numbers = np.concatenate(pairs or [np.zeros(0, np.int64)])
    numbers.sort()
    # np.unique hashes integers, which takes longer than sorting them.
    new = np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]
    return np.asarray(numbers[new])


def rows_of(pairs: Numbers, records: int) -> tuple[Rows, Rows]:
    """Both rows of each pair, the smaller first."""
    low, high = np.divmod(pairs, max(records, 1))
    return low, high
