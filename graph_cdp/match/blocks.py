"""Pairs of the records that have a key in common. Pure."""

from collections.abc import Iterable

import numpy as np

from graph_cdp.match.compiled import are_among, pairs_of_blocks, pairs_of_probes, rows_of_keys
from graph_cdp.match.matched import Bools, Rows
from graph_cdp.match.values import Hashes


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


def too_large(keys: Hashes, most: int) -> Hashes:
    """The keys that more records have than `most`."""
    distinct, sizes = block_sizes(keys)
    return distinct[sizes > most]


def pairs_of_keys(keys: Hashes) -> tuple[Rows, Rows]:
    """Every pair of rows with the same key, the smaller first."""
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows])]
    _, sizes = block_sizes(keys)
    low, high = np.empty((2, pairs_in(sizes)), np.int64)
    pairs_of_blocks(rows, keys, low, high)
    return low, high


def pairs_beside(keys: Hashes, probes: Bools, most: int) -> tuple[Rows, Rows]:
    """The pairs of which at least one row is a probe, without the keys that more rows have than `most`."""
    rows = rows_of_keys(keys, keys[probes & (keys != 0)], most)
    rows = rows[np.argsort(keys[rows])]
    low, high = pairs_of_probes(rows, keys, probes)
    return low, high


def distinct_pairs(pairs: Iterable[tuple[Rows, Rows]], records: int) -> tuple[Rows, Rows]:
    """Each pair once, ordered by (a, b)."""
    numbers = np.sort(np.concatenate([low * records + high for low, high in pairs] or [np.zeros(0, np.int64)]))
    # np.unique hashes integers, which takes longer than sorting them.
    known = numbers[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]]
    return known // max(records, 1), known % max(records, 1)
