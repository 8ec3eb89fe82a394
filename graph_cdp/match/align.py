"""Which columns of two files hold the same, though they may be called differently. Pure."""

from collections.abc import Sequence
from typing import Final

from graph_cdp.match.kinds import Column, Kind
from graph_cdp.normalise.names import folded

_VAGUE: Final[frozenset[Kind]] = frozenset({"code", "text", "category", "number", "left_out"})
"""Kinds that tell too little: two columns of one of them are the same only where they are called so."""


def aligned(known: Sequence[Column], new: Sequence[Column]) -> dict[str, str]:
    """For each new column its name among the known ones; its own where it is none of them.

    A column is a known one that is called the same, case and signs aside, or else the only one left of the same kind.
    """
    known_by_name = {folded(column.name): column.name for column in reversed(known)}
    name_by_new = dict[str, str]()
    for column in new:
        name = known_by_name.get(folded(column.name))
        if name is not None and name not in name_by_new.values():
            name_by_new[column.name] = name
    for kind in {column.kind for column in new} - _VAGUE:
        left = [column.name for column in known if column.kind == kind and column.name not in name_by_new.values()]
        ours = [column.name for column in new if column.kind == kind and column.name not in name_by_new]
        if len(left) == len(ours) == 1:
            name_by_new[ours[0]] = left[0]
    return {column.name: name_by_new.get(column.name, column.name) for column in new}
