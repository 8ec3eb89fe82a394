"""The keys of a whole store in compiled code: ids by key, and clusters. `plain` is its twin for few rows.

Importing this module imports numba. The machine code is kept on disk after the first call.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph_cdp.resolve.keys import Bools, Ids, Int64s, Ranks

Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[np.uint64]
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_WORKERS = min(os.cpu_count() or 1, 8)
_ROWS_AT_ONCE = 1 << 17  # what a worker takes: much against the cost of handing it over, little against a column
_BLOCK = 128  # keys that are looked up together

# Compiled integers are unsigned words throughout: numba makes a float of a signed and an unsigned one.
_ONE, _EIGHT, _HALF = np.uint64(1), np.uint64(8), np.uint64(32)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio


def _compiled(function: F) -> F:
    return cast("F", numba.njit(nogil=True, cache=True)(function))


class CompiledKeys:
    """A column of distinct keys, none of them empty, with a hash table over the column's own bytes.

    Open addressing, at most three quarters full. A slot is 0, or half of a hash and the id + 1. That two halves are
    equal is never believed: the keys themselves are compared.
    """

    def __init__(self, keys: pa.LargeStringArray) -> None:
        bits = max(4, (len(keys) * 4 // 3).bit_length())
        self._keys = _strings(keys)
        self._size = len(keys)
        self._slots = np.zeros(1 << bits, np.uint64)
        self._shift = np.uint64(64 - bits)
        hashes = np.empty(len(keys), np.uint64)
        _by_rows(len(keys), lambda first, end: _hash_rows(*self._keys, first, end, hashes))
        if self._fill(hashes):
            raise ValueError("a key is given twice; give every identifier once")

    def ids_of(self, keys: pa.LargeStringArray) -> Ids:
        """Look the keys up, in parallel."""
        ids = np.full(len(keys), -1, np.int32)
        if not self._size:
            return ids
        table, wanted = (*self._keys, self._slots, self._shift), _strings(keys)
        _by_rows(len(keys), lambda first, end: _look_up(*table, *wanted, first, end, ids))
        return ids

    def ranks_among(self, names: Sequence[str]) -> Ranks:
        """Compare the beginnings of the keys with `name:`, in parallel."""
        ranks = np.empty(self._size, np.int16)
        prefixes = _strings(pa.array([f"{name}:" for name in names], pa.large_string()))
        _by_rows(self._size, lambda first, end: _rank_rows(*self._keys, *prefixes, first, end, ranks))
        return ranks

    def clusters(self, ranks: Ranks, first_seen: Int64s, set_aside: Bools, links: Iterable[tuple[Ids, Ids]]) -> Ids:
        """Join the trees of linked identifiers, then find the one of each that names it."""
        cluster = np.where(set_aside, np.int32(-1), np.arange(self._size, dtype=np.int32))
        for low, high in links:
            _unite(low, high, cluster)
        _settle(cluster)
        return _named(cluster, ranks, first_seen, *self._keys)

    def exceeding(self, cluster: Ids, ranks: Ranks, limit_by_rank: Mapping[int, int]) -> Bools:
        """Count each limited rank in all clusters at once."""
        exceeding = np.zeros(len(cluster), np.bool_)
        for rank, limit in limit_by_rank.items():
            _mark_exceeding(cluster, ranks, rank, limit, exceeding)
        return exceeding

    def _fill(self, hashes: Words) -> bool:
        """Enter all keys; whether one was there already."""
        bounds = [len(self._slots) * worker // _WORKERS for worker in range(_WORKERS + 1)]
        # Every worker owns a stretch of slots. A key for which it has none left is entered afterwards.
        late = _each(lambda first, end: _enter(self._slots, self._shift, hashes, first, end), list(pairwise(bounds)))
        return any(_enter_late(*self._keys, self._slots, self._shift, hashes, ids) for ids in late)


def _strings(strings: pa.LargeStringArray) -> tuple[Int64s, Bytes]:
    """Where each string begins and the last one ends, and the bytes of all: views, not copies."""
    _, offsets, data = strings.buffers()
    begins = np.frombuffer(offsets if len(strings) else bytes(8), np.int64)
    return begins[strings.offset if len(strings) else 0 :][: len(strings) + 1], np.frombuffer(data or b"", np.uint8)


def _by_rows(rows: int, work: Callable[[int, int], None]) -> None:
    """Do the work on all rows, a range [first, end) at a time."""
    _each(work, [(first, min(first + _ROWS_AT_ONCE, rows)) for first in range(0, rows, _ROWS_AT_ONCE)])


def _each(work: Callable[[int, int], T], ranges: Sequence[tuple[int, int]]) -> list[T]:
    if len(ranges) == 1:
        return [work(*ranges[0])]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(lambda bounds: work(*bounds), ranges))


@_compiled
def _word(data: Bytes, at: Any) -> Any:
    """Eight bytes as one number. The compiler makes a single load of it."""
    word = np.uint64(data[at])
    for place in range(1, 8):
        word |= np.uint64(data[at + np.uint64(place)]) << np.uint64(8 * place)
    return word


@_compiled
def _last_word(data: Bytes, begin: Any, end: Any) -> Any:
    """The last eight bytes, or all where there are fewer: with the words before it, it holds every byte."""
    if end - begin >= _EIGHT:
        return _word(data, end - _EIGHT)
    word = np.uint64(0)
    while begin < end:
        word = word << _EIGHT | np.uint64(data[begin])
        begin += _ONE
    return word


@_compiled
def _hash(data: Bytes, begin: Any, end: Any) -> Any:
    """A hash of 64 bits: its upper bits choose the slot, its lower half is kept there."""
    value = (end - begin) * _ODD
    last = _last_word(data, begin, end)
    while begin + _EIGHT < end:
        value = (value ^ _word(data, begin)) * _ODD
        value ^= value >> _HALF
        begin += _EIGHT
    value = (value ^ last) * _ODD
    value ^= value >> _HALF
    return value * _ODD


@_compiled
def _equal(a: Bytes, a_begin: Any, a_end: Any, b: Bytes, b_begin: Any, b_end: Any) -> Any:
    if a_end - a_begin != b_end - b_begin:
        return False
    different = _last_word(a, a_begin, a_end) ^ _last_word(b, b_begin, b_end)
    while a_begin + _EIGHT < a_end:
        different |= _word(a, a_begin) ^ _word(b, b_begin)
        a_begin += _EIGHT
        b_begin += _EIGHT
    return different == 0


@_compiled
def _hash_rows(offsets: Int64s, data: Bytes, first: int, end: int, hashes: Words) -> None:
    for row in range(first, end):
        hashes[row] = _hash(data, np.uint64(offsets[row]), np.uint64(offsets[row + 1]))


@_compiled
def _rank_rows(
    offsets: Int64s, data: Bytes, prefix_offsets: Int64s, prefixes: Bytes, first: int, end: int, ranks: Ranks
) -> None:
    for row in range(first, end):
        begin, key_end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        ranks[row] = -1
        for rank in range(len(prefix_offsets) - 1):
            place, prefix_end = np.uint64(prefix_offsets[rank]), np.uint64(prefix_offsets[rank + 1])
            at = begin
            while place < prefix_end and at < key_end and data[at] == prefixes[place]:
                place += _ONE
                at += _ONE
            # A name holds no colon, so a key begins with one prefix at most.
            if place == prefix_end:
                ranks[row] = rank
                break


@_compiled
def _enter(slots: Words, shift: Any, hashes: Words, first: int, end: int) -> Int64s:
    """Enter the keys whose first slot lies in [first, end). Gives back the ids of those that are left.

    Left are keys that found no slot before the end, and keys that may be there already.
    """
    late = [0 for _ in range(0)]
    ids, seen = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.uint64)
    key = 0
    while key < len(hashes):
        taken = 0
        while key < len(hashes) and taken < _BLOCK:
            ids[taken] = key
            taken += int(first <= np.int64(hashes[key] >> shift) < end)
            key += 1
        for one in range(taken):  # only to have the slots of the whole block at hand
            seen[one] = slots[hashes[ids[one]] >> shift]
        for one in range(taken):
            value = hashes[ids[one]]
            slot = np.int64(value >> shift)
            while slot < end and slots[slot] != 0 and slots[slot] >> _HALF != value & _LOW_HALF:
                slot += 1
            if slot < end and slots[slot] == 0:
                slots[slot] = value << _HALF | np.uint64(ids[one] + 1)
            else:
                late.append(ids[one])
    return np.array(late, np.int64)


@_compiled
def _enter_late(offsets: Int64s, data: Bytes, slots: Words, shift: Any, hashes: Words, ids: Int64s) -> bool:
    """Enter the keys that are left; whether one of them was there already."""
    for key in ids:
        value = hashes[key]
        slot, found = _search(
            offsets, data, slots, value >> shift, value, data, np.uint64(offsets[key]), np.uint64(offsets[key + 1])
        )
        if found >= 0:
            return True
        slots[slot] = value << _HALF | np.uint64(key + 1)
    return False


@_compiled
def _search(
    offsets: Int64s, data: Bytes, slots: Words, slot: Any, value: Any, wanted: Bytes, begin: Any, end: Any
) -> Any:
    """From a slot on: the slot that holds a key, and its id; or the first empty slot, and -1."""
    last = np.uint64(len(slots) - 1)
    while slots[slot] != 0:
        if slots[slot] >> _HALF == value & _LOW_HALF:
            found = np.int64(slots[slot] & _LOW_HALF) - 1
            if _equal(data, np.uint64(offsets[found]), np.uint64(offsets[found + 1]), wanted, begin, end):
                return slot, found
        slot = (slot + _ONE) & last
    return slot, np.int64(-1)


@_compiled
def _look_up(
    offsets: Int64s,
    data: Bytes,
    slots: Words,
    shift: Any,
    wanted_offsets: Int64s,
    wanted: Bytes,
    first: int,
    end: int,
    ids: Ids,
) -> None:
    """Find the ids of the wanted keys in the rows [first, end).

    A block of rows takes each step together: memory far away is then asked for many of them at once, and the last
    step, which goes one by one and decides, finds what it needs at hand.
    """
    values, near = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64)
    begins, ends, touched = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8)
    last = np.uint64(len(slots) - 1)
    for start in range(first, end, _BLOCK):
        rows = min(_BLOCK, end - start)
        for one in range(rows):
            row = start + one
            values[one] = _hash(wanted, np.uint64(wanted_offsets[row]), np.uint64(wanted_offsets[row + 1]))
        for one in range(rows):
            near[one] = slots[values[one] >> shift]
        for one in range(rows):
            slot, found = values[one] >> shift, near[one]
            while found != 0 and found >> _HALF != values[one] & _LOW_HALF:
                slot = (slot + _ONE) & last
                found = slots[slot]
            near[one] = slot
            ids[start + one] = np.int64(found & _LOW_HALF) - 1
        for one in range(rows):
            likely = max(ids[start + one], 0)
            begins[one], ends[one] = np.uint64(offsets[likely]), np.uint64(offsets[likely + 1])
        for one in range(rows):
            touched[one] = data[begins[one]] ^ data[ends[one] - _ONE]
        for one in range(rows):
            row = start + one
            begin, stop = np.uint64(wanted_offsets[row]), np.uint64(wanted_offsets[row + 1])
            if ids[row] >= 0 and not _equal(data, begins[one], ends[one], wanted, begin, stop):
                ids[row] = _search(offsets, data, slots, near[one], values[one], wanted, begin, stop)[1]


@_compiled
def _unite(low: Ids, high: Ids, parent: Ids) -> None:
    """Join the trees of the linked ids, all but those whose parent is -1."""
    for row in range(len(low)):
        a, b = low[row], high[row]
        if parent[a] < 0 or parent[b] < 0:
            continue
        a, b = _root(parent, a), _root(parent, b)
        if a != b:
            parent[max(a, b)] = min(a, b)


@_compiled
def _root(parent: Ids, one: Any) -> Any:
    """The root of a tree, halving the path to it (Tarjan and van Leeuwen, 1984)."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


@_compiled
def _settle(parent: Ids) -> None:
    """Make every id's parent its root."""
    for one in range(len(parent)):
        if parent[one] >= 0:
            parent[one] = _root(parent, one)


@_compiled
def _named(root: Ids, ranks: Ranks, first_seen: Int64s, offsets: Int64s, data: Bytes) -> Ids:
    """By id: the id that names its tree."""
    name = root.copy()
    for one in range(len(root)):
        if root[one] >= 0 and _precedes(one, name[root[one]], ranks, first_seen, offsets, data):
            name[root[one]] = one
    named = np.empty_like(root)
    for one in range(len(root)):
        named[one] = name[root[one]] if root[one] >= 0 else -1
    return named


@_compiled
def _precedes(a: Any, b: Any, ranks: Ranks, first_seen: Int64s, offsets: Int64s, data: Bytes) -> Any:
    """Whether a is smaller than b by (rank, first_seen, key)."""
    if ranks[a] != ranks[b]:
        return ranks[a] < ranks[b]
    if first_seen[a] != first_seen[b]:
        return first_seen[a] < first_seen[b]
    # Strings compare by code point, and UTF-8 keeps that order byte by byte.
    a_size, b_size = offsets[a + 1] - offsets[a], offsets[b + 1] - offsets[b]
    for place in range(min(a_size, b_size)):
        one, other = data[offsets[a] + place], data[offsets[b] + place]
        if one != other:
            return one < other
    return a_size < b_size


@_compiled
def _mark_exceeding(cluster: Ids, ranks: Ranks, rank: int, limit: int, exceeding: Bools) -> None:
    counts = np.zeros(len(cluster), np.int32)
    for one in range(len(cluster)):
        if ranks[one] == rank and cluster[one] >= 0:
            counts[cluster[one]] += 1
            if counts[cluster[one]] > limit:
                exceeding[cluster[one]] = True
