"""Pairs of texts compared without a distance: beginnings, words in common, and how near they can be at all. Pure."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graph_cdp.match.compiled import compiled

if TYPE_CHECKING:
    from graph_cdp.match.comparisons import Sides

_BLANK = 32
_BEGINNING_COUNTS = 0.699
_ROUNDING = 1e-5


def may_be_edits(sides: "Sides", most: int) -> NDArray[np.bool_]:
    """Whether there may be no more than `most` edits: one changes the length by a sign, and the set of signs by two."""
    (signs, letters), (other_signs, other_letters) = _signs(sides)
    unlike = np.bitwise_count(letters ^ other_letters)
    return np.asarray((np.abs(signs - other_signs) <= most) & (unlike <= 2 * most))


def may_be_close(sides: "Sides", least: float) -> NDArray[np.bool_]:
    """Whether Jaro and Winkler's similarity may be `least` or more.

    It is (c/m + c/n + (c - t)/c) / 3 for texts of m and n signs, c of them in common; where that is above 0.7 a
    beginning in common takes away up to 0.4 of what is missing to 1. A sign that the other text has not is not common.
    """
    (signs, letters), (other_signs, other_letters) = _signs(sides)
    own, others = np.bitwise_count(letters & ~other_letters), np.bitwise_count(other_letters & ~letters)
    # Two empty texts are taken for equal.
    signs, other_signs = np.maximum(signs, 1), np.maximum(other_signs, 1)
    common = np.minimum(signs - own, other_signs - others)
    jaro = (common / signs + common / other_signs + 1.0) / 3.0
    return np.asarray(np.where(jaro > _BEGINNING_COUNTS, jaro + 0.4 * (1.0 - jaro), jaro) >= least - _ROUNDING)


def _signs(sides: "Sides") -> tuple[tuple[NDArray[np.int32], NDArray[np.uint64]], ...]:
    """Of both sides the number of signs and their set."""
    chosen = ((sides.left, sides.a), (sides.right, sides.b))
    return tuple((values.signs[codes], values.letters[codes]) for values, codes in chosen)


def start_alike(sides: "Sides") -> NDArray[np.bool_]:
    """Whether one begins with the other: an initial, a short form."""
    return share_beginning(sides, but=0, least=1)


def share_beginning(sides: "Sides", *, but: int, least: int) -> NDArray[np.bool_]:
    """Whether both begin with the same bytes: as many as the shorter has, less `but`, but no fewer than `least`."""
    return np.asarray(_beginnings(*sides.left.utf8, sides.a, *sides.right.utf8, sides.b, but, least))


def share_a_word(sides: "Sides") -> NDArray[np.bool_]:
    """Whether they have a whole word in common, and one of them more than one."""
    return np.asarray(_words(*sides.left.utf8, sides.a, *sides.right.utf8, sides.b))


@compiled
def _beginnings(
    begins: Any, data: Any, a: Any, other_begins: Any, other_data: Any, b: Any, but: Any, least: Any
) -> Any:
    alike = np.empty(len(a), np.bool_)
    for k in range(len(a)):
        x, y = begins[a[k]], other_begins[b[k]]
        shorter = min(begins[a[k] + 1] - x, other_begins[b[k] + 1] - y)
        wanted = max(shorter - but, least)
        alike[k] = shorter >= wanted
        i = 0
        while alike[k] and i < wanted:
            alike[k] = data[x + i] == other_data[y + i]
            i += 1
    return alike


@compiled
def _words(begins: Any, data: Any, a: Any, other_begins: Any, other_data: Any, b: Any) -> Any:
    shared = np.zeros(len(a), np.bool_)
    for k in range(len(a)):
        x, end = begins[a[k]], begins[a[k] + 1]
        several = False
        for i in range(x, end):
            several |= data[i] == _BLANK
        for i in range(other_begins[b[k]], other_begins[b[k] + 1]):
            several |= other_data[i] == _BLANK
        while several and x < end and not shared[k]:
            stop = x
            while stop < end and data[stop] != _BLANK:
                stop += 1
            shared[k] = _has_word(other_data, other_begins[b[k]], other_begins[b[k] + 1], data, x, stop)
            x = stop + 1
    return shared


@compiled
def _has_word(data: Any, begin: Any, end: Any, word_data: Any, word: Any, word_end: Any) -> Any:
    """Whether the text [begin, end) has the word as one of its words."""
    while begin < end:
        stop = begin
        while stop < end and data[stop] != _BLANK:
            stop += 1
        same = stop - begin == word_end - word
        i = 0
        while same and i < word_end - word:
            same = data[begin + i] == word_data[word + i]
            i += 1
        if same:
            return True
        begin = stop + 1
    return False
