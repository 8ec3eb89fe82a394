"""Given names and their short forms, from the list of the library `nicknames`. Pure."""

from functools import cache
from typing import NamedTuple

import numpy as np
from nicknames import NickNamer
from numpy.typing import NDArray

UNKNOWN = -1


class _Known(NamedTuple):
    number_by_name: dict[str, int]
    related: NDArray[np.bool_]


@cache
def _known() -> _Known:
    """Every listed name with its number, and which two are forms of one name."""
    canonicals = NickNamer().canonical_lookup
    groups: dict[str, set[str]] = {}
    for name, full_names in canonicals.items():
        for full_name in full_names:
            groups.setdefault(full_name, {full_name}).add(name)
    number = {name: i for i, name in enumerate(sorted({name for group in groups.values() for name in group}))}
    related = np.zeros((len(number) + 1, len(number) + 1), np.bool_)  # the last row and column are of unknown names
    for group in groups.values():
        places = [number[name] for name in group]
        related[np.ix_(places, places)] = True
    return _Known(number, related)


def is_given_name(name: str) -> bool:
    """Whether a folded word is known as a given name."""
    return name in _known().number_by_name


def numbers_of(names: NDArray[np.object_]) -> NDArray[np.int32]:
    """The number of each name, UNKNOWN where it is not listed."""
    number = _known().number_by_name
    return np.fromiter((number.get(name, UNKNOWN) for name in names), np.int32, len(names))


def are_forms_of_one_name(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.bool_]:
    """By pair of numbers: whether one is a short form of the other, or both are of a third (`bob` and `rob`)."""
    return _known().related[a, b]
