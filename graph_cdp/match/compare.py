"""Pairs of records compared attribute by attribute: a level for each. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.comparisons import COMPARISONS, Comparison, Levels, Sides
from graph_cdp.match.compiled import hash_texts, mixed_rows, number_pairs
from graph_cdp.match.matched import Bools, Rows
from graph_cdp.match.values import Values
from graph_cdp.match.workers import FEW, each

MISSING: Final = np.uint8(255)
"""The level where one of both values is missing: it says nothing."""
_LEVEL_OF_NO_NUMBER: Final = np.array([MISSING, 0], np.uint8)
"""Appended, and so found at the place UNKNOWN and EQUAL: both are below 0."""
_ALIKE_OF_NO_NUMBER: Final = np.array([False, True])


class Compared(NamedTuple):
    """Attributes with the values of all records, side by side."""

    attributes: tuple[Attribute, ...]
    values: tuple[Values, ...]

    def place(self, name: str) -> int:
        """Where an attribute stands."""
        return next(place for place, one in enumerate(self.attributes) if one.name == name)


def content_of(compared: Compared, records: int) -> NDArray[np.uint64]:
    """By record a hash of all its values, whatever the order of the attributes."""
    content = np.zeros(records, np.uint64)
    for values, salt in zip(compared.values, hashes_of_names(compared.attributes), strict=True):
        mixed_rows(content, values.by_record, salt)
    return content


def order_of(compared: Compared, records: int) -> Rows:
    """The rows by a hash of all their values: an order that does not depend on the table's."""
    return np.argsort(content_of(compared, records), kind="stable")


def hashes_of_names(attributes: Sequence[Attribute]) -> NDArray[np.uint64]:
    """By attribute a hash of its name."""
    return hash_texts(pa.array([attribute.name for attribute in attributes], pa.large_string()))


def level_names(attribute: Attribute) -> tuple[str, ...]:
    """The levels of an attribute in words; the last one is `swapped` where it has a partner."""
    return COMPARISONS[attribute.kind].levels + (("swapped",) if attribute.swaps else ())


def base_levels(attribute: Attribute) -> int:
    """How many levels there are without `swapped`: the last of them is for different values."""
    return len(COMPARISONS[attribute.kind].levels)


def levels_of(compared: Compared, a: Rows, b: Rows) -> Levels:
    """The level of every attribute (first axis) for every pair of rows (second axis)."""
    levels = np.empty((len(compared.attributes), len(a)), np.uint8)

    def compare(place: int) -> None:
        values = compared.values[place]
        levels[place] = _levels(values, COMPARISONS[compared.attributes[place].kind], a, b)

    # What has most values takes longest, so it comes first.
    places = sorted(range(len(levels)), key=lambda place: -len(compared.values[place].texts))
    each(compare, places, few=len(a) < FEW)
    for place, attribute in enumerate(compared.attributes):
        if attribute.swaps is not None and (partner := compared.place(attribute.swaps)) > place:
            _mark_swapped(compared, place, partner, levels, a, b)
    return levels


def _levels(values: Values, comparison: Comparison, a: Rows, b: Rows) -> Levels:
    numbers, x, y = number_pairs(values.codes, values.codes, a, b, one_side=True)
    levels: Levels = np.append(comparison.compare(Sides(values, values, x, y)), _LEVEL_OF_NO_NUMBER)[numbers]
    return levels


def _mark_swapped(compared: Compared, one: int, other: int, levels: Levels, a: Rows, b: Rows) -> None:
    """Where both differ, or are missing, but fit the other record's partner crosswise, they were exchanged.

    That is one event, so it is told of the first of both, and the second says nothing.
    """
    comparison = COMPARISONS[compared.attributes[one].kind]
    swapped = np.uint8(len(comparison.levels))
    pairs = np.flatnonzero((levels[[one, other]] >= swapped - 2).all(0))
    ones, others = compared.values[one], compared.values[other]

    def crosses(sides: tuple[Rows, Rows]) -> tuple[Bools, Bools]:
        x, y = sides[0][pairs], sides[1][pairs]
        return _are_alike(ones, others, comparison, x, y), (ones.codes[x] < 0) | (others.codes[y] < 0)

    (fits, unknown), (fits_too, unknown_too) = each(crosses, ((a, b), (b, a)), few=len(pairs) < FEW)
    exchanged = pairs[(fits & fits_too) | (fits & unknown_too) | (fits_too & unknown)]
    levels[one, exchanged], levels[other, exchanged] = swapped, MISSING


def _are_alike(left: Values, right: Values, comparison: Comparison, a: Rows, b: Rows) -> Bools:
    numbers, x, y = number_pairs(left.codes, right.codes, a, b, one_side=False)
    alike = comparison.alike(Sides(left, right, x, y)) | (left.hashes[x] == right.hashes[y])
    told: Bools = np.append(alike, _ALIKE_OF_NO_NUMBER)[numbers]
    return told
