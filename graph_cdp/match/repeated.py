"""Records that repeat another in everything, where there are more of them than blocking compares. Pure."""

from collections.abc import Collection
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.compare import Compared, content_of
from graph_cdp.match.kinds import PERSONAL, Kind
from graph_cdp.match.matched import Bools, Floats, Rows
from graph_cdp.match.model import Model
from graph_cdp.match.scoring import weights_of

_TELLING: Final[frozenset[Kind]] = PERSONAL | {"family_name", "phone"}
_ENOUGH: Final = 2
"""So many attributes must be known, one of them telling, for a record to be about somebody, or one that tells alone."""
_ALONE: Final[frozenset[Kind]] = frozenset({"email", "phone", "code"})


class Repeated(NamedTuple):
    """Pairs that join records with the same values throughout, a chain through each group; and what each weighs."""

    a: Rows
    b: Rows
    weight: Floats


def repeated(model: Model, compared: Compared, order: Rows, decided: Collection[int]) -> Repeated:
    """The groups that blocking leaves out, but for records that are `decided` to be apart from some other.

    Where there are rules, these are the groups too large for any key, and their weight must be that of a sure pair.
    Where nearly all records repeat each other there is no rule, and no measure of what strangers share: then that
    they differ in nothing is all that can be known, and they are taken for sure. `order`: the rows by what they hold.
    """
    content = content_of(compared, len(order))
    tells = _tells(compared, len(order))
    tells[list(decided)] = False
    order = order[tells[order]]
    same = np.flatnonzero(content[order][1:] == content[order][:-1])
    a, b = order[same], order[same + 1]
    if model.rules and len(a):
        _, group, size = np.unique(content[a], return_inverse=True, return_counts=True)
        large = size[group] >= model.most_records_a_key
        a, b = a[large], b[large]
    weight = weights_of(model, compared, a, b)
    sure = weight >= model.thresholds.join if model.rules else np.ones(len(a), np.bool_)
    return Repeated(a[sure], b[sure], np.maximum(weight, model.thresholds.join)[sure])


def _tells(compared: Compared, records: int) -> Bools:
    known, telling = np.zeros(records, np.int64), np.zeros(records, np.bool_)
    for attribute, values in zip(*compared, strict=True):
        known += (values.codes >= 0) * (_ENOUGH if attribute.kind in _ALONE else 1)
        telling |= (values.codes >= 0) & (attribute.kind in _TELLING)
    return telling & (known >= _ENOUGH)
