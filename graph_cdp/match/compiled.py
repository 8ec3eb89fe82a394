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
EQUAL, UNKNOWN = -1, -2


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


def letters_of_texts(texts: pa.LargeStringArray) -> NDArray[np.uint64]:
    """The set of each text's signs, a bit for each; all beyond ASCII share the first, as some in ASCII share one."""
    return np.asarray(_letters_of_texts(*text_bytes(texts)))


@compiled
def _letters_of_texts(begins: Any, data: Any) -> Any:
    letters = np.zeros(len(begins) - 1, np.uint64)
    for i in range(len(letters)):
        for at in range(begins[i], begins[i + 1]):
            # Small letters, digits and what addresses are written with have a bit of their own.
            bit = (data[at] & 31) | (data[at] & 64) >> 1 if data[at] < 128 else 0
            letters[i] |= np.uint64(1) << np.uint64(bit)
    return letters


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
def mixed_rows(into: Any, part: Any, salt: Any) -> None:
    """Add a further value to the hash of each record, missing ones too; the `salt` is the attribute's own."""
    for i in range(len(into)):
        into[i] += mixed(part[i] * _PRIME ^ salt)


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
def grouped(groups: Any, count: Any) -> Any:
    """The places of an array by group, in order within each; and where each of `count` groups begins, with the end.

    A group below 0 is none.
    """
    begins = np.zeros(count + 1, np.int64)
    for group in groups:
        if group >= 0:
            begins[group + 1] += 1
    for group in range(count):
        begins[group + 1] += begins[group]
    free = begins[:-1].copy()
    places = np.empty(begins[-1], np.int64)
    for i in range(len(groups)):
        if groups[i] >= 0:
            places[free[groups[i]]] = i
            free[groups[i]] += 1
    return places, begins


@compiled
def number_pairs(left: Any, right: Any, a: Any, b: Any, one_side: Any) -> Any:
    """Number the pairs of unlike codes that pairs of rows have, by first occurrence.

    Gives the number of each pair of rows (EQUAL, or UNKNOWN where a code is missing), and the pairs of codes by number.
    `one_side`: both codes are of the same texts, so equal ones are no pair, and the smaller comes first.

    Open addressing, at most half full; a slot is 0, or the number + 1.
    """
    bits = 4
    while (1 << bits) < 2 * len(a):
        bits += 1
    slots = np.zeros(1 << bits, np.int32)
    numbers = np.empty(len(a), np.int32)
    pairs = np.empty((2, len(a)), np.int32)
    count = 0
    mask = (1 << bits) - 1
    for i in range(len(a)):
        x, y = left[a[i]], right[b[i]]
        if x < 0 or y < 0:
            numbers[i] = UNKNOWN
        elif one_side and x == y:
            numbers[i] = EQUAL
        else:
            if one_side and x > y:
                x, y = y, x
            at = np.int64(mixed(np.uint64(x) << _HALF | np.uint64(y)) >> np.uint64(20)) & mask
            while slots[at] and (pairs[0, slots[at] - 1] != x or pairs[1, slots[at] - 1] != y):
                at = (at + 1) & mask
            if not slots[at]:
                pairs[0, count], pairs[1, count] = x, y
                count += 1
                slots[at] = count
            numbers[i] = slots[at] - 1
    return numbers, pairs[0, :count].copy(), pairs[1, :count].copy()


@compiled
def are_among(keys: Any, wanted: Any) -> Any:
    """By key: whether it is one of those wanted, none of which is 0."""
    slots = _slots_of(wanted)
    among = np.empty(len(keys), np.bool_)
    for i in range(len(keys)):
        among[i] = keys[i] != np.uint64(0) and slots[_place(slots, keys[i])] == keys[i]
    return among


@compiled
def rows_of_keys(keys: Any, wanted: Any, most: Any) -> Any:
    """The rows with one of the keys wanted, none of which is 0; without those that more rows have than `most`."""
    slots = _slots_of(wanted)
    counts = np.zeros(len(slots), np.int32)
    rows = np.empty(len(keys), np.int32)
    places = np.empty(len(keys), np.int32)
    found = 0
    for i in range(len(keys)):
        if keys[i] != np.uint64(0):
            at = _place(slots, keys[i])
            if slots[at] == keys[i]:
                counts[at] += 1
                rows[found], places[found] = i, at
                found += 1
    kept = 0
    for i in range(found):
        if counts[places[i]] <= most:
            rows[kept] = rows[i]
            kept += 1
    return rows[:kept].astype(np.int64)


@compiled
def _slots_of(keys: Any) -> Any:
    """Keys in slots of open addressing, at most half full; an empty slot is 0."""
    bits = 4
    while (1 << bits) < 2 * len(keys):
        bits += 1
    slots = np.zeros(1 << bits, np.uint64)
    for key in keys:
        slots[_place(slots, key)] = key
    return slots


@compiled
def _place(slots: Any, key: Any) -> Any:
    """The slot of a key, or the empty one where it would go."""
    mask = len(slots) - 1
    at = np.int64(key >> np.uint64(20)) & mask
    while slots[at] != np.uint64(0) and slots[at] != key:
        at = (at + 1) & mask
    return at


@compiled
def pairs_of_blocks(rows: Any, keys: Any, most: Any) -> Any:
    """The number of each pair of each block, low * records + high, and how many blocks were left out: above `most`.

    The rows are sorted by key.
    """
    count = 0
    for fill in (False, True):
        pairs = np.empty(count if fill else 0, np.int64)
        count = left_out = 0
        begin = 0
        while begin < len(rows):
            end = _end_of_block(rows, keys, begin)
            size = end - begin
            if size > most:
                left_out += 1
            elif fill:
                for i in range(begin, end):
                    for j in range(i + 1, end):
                        pairs[count] = min(rows[i], rows[j]) * len(keys) + max(rows[i], rows[j])
                        count += 1
            else:
                count += size * (size - 1) // 2
            begin = end
    return pairs, left_out


@compiled
def pairs_of_probes(rows: Any, keys: Any, probes: Any) -> Any:
    """The same of the pairs of which at least one row is a probe."""
    count = 0
    for fill in (False, True):
        pairs = np.empty(count if fill else 0, np.int64)
        count = 0
        begin = 0
        while begin < len(rows):
            end = _end_of_block(rows, keys, begin)
            for i in range(begin, end):
                for j in range(i + 1, end):
                    if probes[rows[i]] or probes[rows[j]]:
                        if fill:
                            pairs[count] = min(rows[i], rows[j]) * len(keys) + max(rows[i], rows[j])
                        count += 1
            begin = end
    return pairs


@compiled
def _end_of_block(rows: Any, keys: Any, begin: Any) -> Any:
    end = begin + 1
    while end < len(rows) and keys[rows[end]] == keys[rows[begin]]:
        end += 1
    return end
