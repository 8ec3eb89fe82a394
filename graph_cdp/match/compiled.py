"""What is done once a record or once a pair, in compiled code. Pure. Importing this module imports numba."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio
_HALF = np.uint64(32)
_PRIME = np.uint64(0x100000001B3)


def compiled(function: F) -> F:
    """Compile on the first call; the machine code is kept on disk."""
    return cast("F", numba.njit(nogil=True, cache=True)(function))


def text_bytes(texts: pa.LargeStringArray) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Where each text begins and the last one ends, and the bytes of all: views, not copies."""
    if not len(texts):
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    _, offsets, data = texts.buffers()
    begins = np.frombuffer(offsets, np.int64)[texts.offset :][: len(texts) + 1]
    return begins, np.frombuffer(data or b"", np.uint8)


def hash_texts(texts: pa.LargeStringArray) -> NDArray[np.uint64]:
    """A hash of each text's UTF-8, never 0."""
    return np.asarray(_hash_texts(*text_bytes(texts)))


@compiled
def _hash_texts(begins: Any, data: Any) -> Any:
    hashes = np.empty(len(begins) - 1, np.uint64)
    for i in range(len(hashes)):
        value = np.uint64(0xCBF29CE484222325)
        for at in range(begins[i], begins[i + 1]):
            value = (value ^ np.uint64(data[at])) * _PRIME
        hashes[i] = mixed(value)
    return hashes


@compiled
def mixed(value: Any) -> Any:
    """Spread the bits of a number over a number; never 0."""
    value = (value ^ (value >> _HALF)) * _ODD
    value = (value ^ (value >> _HALF)) * _ODD
    value ^= value >> _HALF
    return value if value != np.uint64(0) else np.uint64(1)


@compiled
def combine(into: Any, part: Any) -> None:
    """Fold a further part of a key into each key; a part of 0 (missing) makes the key 0."""
    for i in range(len(into)):
        if into[i] != np.uint64(0):
            into[i] = mixed(into[i] * _PRIME ^ part[i]) if part[i] != np.uint64(0) else np.uint64(0)


@compiled
def mixed_rows(into: Any, part: Any) -> None:
    """Fold a further value into the hash of each record, missing ones too."""
    for i in range(len(into)):
        into[i] = mixed(into[i] * _PRIME ^ part[i])


@compiled
def against(odds: Any) -> Any:
    """-log2(1 + odds), the same wherever a number stands in the array, as vectorised logarithms are not."""
    told = np.empty(len(odds))
    for i in range(len(odds)):
        told[i] = -np.log2(1.0 + odds[i])
    return told


@compiled
def share_at_home(into: Any, bits: Any, share: Any) -> None:
    """Multiply each by 1 - share + share 2^bits: an attribute that a household shares with a probability."""
    if share > 0.0:
        for i in range(len(into)):
            if bits[i] != 0.0:
                into[i] *= 1.0 - share + share * 2.0 ** min(bits[i], 60.0)


@compiled
def odds_to_probability(bits: Any) -> Any:
    """1 / (1 + 2^-bits)."""
    told = np.empty(len(bits))
    for i in range(len(bits)):
        told[i] = 1.0 / (1.0 + 2.0 ** -bits[i]) if bits[i] > -1000.0 else 0.0
    return told


@compiled
def number_pairs(a: Any, b: Any) -> Any:
    """Number pairs of codes by first occurrence: the number of each, and the distinct pairs by number.

    Open addressing, at most half full; a slot is 0, or the number + 1.
    """
    bits = 4
    while (1 << bits) < 2 * len(a):
        bits += 1
    slots = np.zeros(1 << bits, np.int32)
    numbers = np.empty(len(a), np.int32)
    firsts = np.empty(len(a), np.int32)
    count = 0
    mask = (1 << bits) - 1
    for i in range(len(a)):
        at = np.int64(mixed(np.uint64(a[i]) << _HALF | np.uint64(b[i])) >> np.uint64(20)) & mask
        while slots[at]:
            first = firsts[slots[at] - 1]
            if a[first] == a[i] and b[first] == b[i]:
                break
            at = (at + 1) & mask
        if not slots[at]:
            firsts[count] = i
            count += 1
            slots[at] = count
        numbers[i] = slots[at] - 1
    return numbers, a[firsts[:count]], b[firsts[:count]]


@compiled
def are_among(keys: Any, wanted: Any) -> Any:
    """By key: whether it is one of those wanted, none of which is 0. Open addressing, at most half full."""
    bits = 4
    while (1 << bits) < 2 * len(wanted):
        bits += 1
    slots = np.zeros(1 << bits, np.uint64)
    mask = (1 << bits) - 1
    for key in wanted:
        at = np.int64(key >> np.uint64(20)) & mask
        while slots[at] != np.uint64(0) and slots[at] != key:
            at = (at + 1) & mask
        slots[at] = key
    among = np.empty(len(keys), np.bool_)
    for i in range(len(keys)):
        at = np.int64(keys[i] >> np.uint64(20)) & mask
        while slots[at] != np.uint64(0) and slots[at] != keys[i]:
            at = (at + 1) & mask
        among[i] = keys[i] != np.uint64(0) and slots[at] == keys[i]
    return among


@compiled
def pairs_of_blocks(rows: Any, keys: Any, low: Any, high: Any) -> None:
    """Write the pairs of each block; rows are sorted by key."""
    count = 0
    begin = 0
    while begin < len(rows):
        end = _end_of_block(rows, keys, begin)
        for i in range(begin, end):
            for j in range(i + 1, end):
                low[count] = min(rows[i], rows[j])
                high[count] = max(rows[i], rows[j])
                count += 1
        begin = end


@compiled
def pairs_of_probes(rows: Any, keys: Any, probes: Any) -> Any:
    """The pairs of each block of which at least one row is a probe; rows are sorted by key."""
    count = 0
    for fill in (False, True):
        low = np.empty(count if fill else 0, np.int64)
        high = np.empty(count if fill else 0, np.int64)
        count = 0
        begin = 0
        while begin < len(rows):
            end = _end_of_block(rows, keys, begin)
            for i in range(begin, end):
                for j in range(i + 1, end):
                    if probes[rows[i]] or probes[rows[j]]:
                        if fill:
                            low[count] = min(rows[i], rows[j])
                            high[count] = max(rows[i], rows[j])
                        count += 1
            begin = end
    return low, high


@compiled
def _end_of_block(rows: Any, keys: Any, begin: Any) -> Any:
    end = begin + 1
    while end < len(rows) and keys[rows[end]] == keys[rows[begin]]:
        end += 1
    return end
