"""Pairs of records compared attribute by attribute: a level for each. Pure."""

from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.comparisons import COMPARISONS, Comparison, Levels, Sides
from graph_cdp.match.compiled import number_pairs
from graph_cdp.match.matched import Rows
from graph_cdp.match.values import Values
from graph_cdp.match.workers import each

MISSING: Final = np.uint8(255)
"""The level where one of both values is missing: it says nothing."""
_PAIRS_AT_ONCE: Final = 1 << 18
"""What a worker takes: enough to meet the same two values often, little enough to bound the memory."""


class Compared(NamedTuple):
    """Attributes with the values of all records, side by side."""

    attributes: tuple[Attribute, ...]
    values: tuple[Values, ...]

    def place(self, name: str) -> int:
        """Where an attribute stands."""
        return next(place for place, one in enumerate(self.attributes) if one.name == name)


def level_names(attribute: Attribute) -> tuple[str, ...]:
    """The levels of an attribute in words; the last one is `swapped` where it has a partner."""
    return COMPARISONS[attribute.kind].levels + (("swapped",) if attribute.swaps else ())


def base_levels(attribute: Attribute) -> int:
    """How many levels there are without `swapped`: the last of them is for different values."""
    return len(COMPARISONS[attribute.kind].levels)


def levels_of(compared: Compared, a: Rows, b: Rows) -> Levels:
    """The level of every attribute (first axis) for every pair of rows (second axis)."""
    levels = np.empty((len(compared.attributes), len(a)), np.uint8)

    def compare(first: int) -> None:
        chunk = slice(first, first + _PAIRS_AT_ONCE)
        _fill(compared, levels[:, chunk], a[chunk], b[chunk])

    each(compare, range(0, len(a), _PAIRS_AT_ONCE))
    return levels


def _fill(compared: Compared, levels: Levels, a: Rows, b: Rows) -> None:
    for place, (attribute, values) in enumerate(zip(*compared, strict=True)):
        levels[place] = _levels(values, values, COMPARISONS[attribute.kind], a, b)
    for place, attribute in enumerate(compared.attributes):
        if attribute.swaps is not None:
            _mark_swapped(compared, place, compared.place(attribute.swaps), levels, a, b)


def _levels(left: Values, right: Values, comparison: Comparison, a: Rows, b: Rows) -> Levels:
    code_a, code_b = left.codes[a], right.codes[b]
    known = (code_a >= 0) & (code_b >= 0)
    levels = np.where(known, np.uint8(0), MISSING)
    unlike = np.flatnonzero(known & (code_a != code_b) if left is right else known)
    if not len(unlike):
        return levels
    x, y = code_a[unlike], code_b[unlike]
    if left is right:
        x, y = np.minimum(x, y), np.maximum(x, y)
    number, x, y = number_pairs(x, y)
    told = comparison.compare(Sides(left, right, x, y))
    if left is not right:
        told[left.hashes[x] == right.hashes[y]] = 0
    levels[unlike] = told[number]
    return levels


def _mark_swapped(compared: Compared, place: int, partner: int, levels: Levels, a: Rows, b: Rows) -> None:
    """Where values differ, or one is missing, but fit the other record's partner, they were exchanged."""
    comparison = COMPARISONS[compared.attributes[place].kind]
    swapped = np.uint8(len(comparison.levels))
    doubtful = np.flatnonzero(levels[place] >= swapped - 2)
    mine, theirs = compared.values[place], compared.values[partner]
    fits = _levels(mine, theirs, comparison, a[doubtful], b[doubtful]) <= 2
    fits |= _levels(mine, theirs, comparison, b[doubtful], a[doubtful]) <= 2
    levels[place, doubtful[fits]] = swapped
