"""Records that repeat another in everything, where there are more of them than blocking compares. Pure."""

from typing import Final

import numpy as np

from graph_cdp.match.compare import Compared, content_of
from graph_cdp.match.kinds import PERSONAL, Kind
from graph_cdp.match.matched import Bools
from graph_cdp.match.model import Model
from graph_cdp.match.scoring import weights_of

_TELLING: Final[frozenset[Kind]] = PERSONAL | {"family_name", "phone"}
_ENOUGH: Final = 2
"""So many attributes must be known, one of them telling, for a record to be about somebody."""


def repeated(model: Model, compared: Compared, records: int) -> list[tuple[int, int]]:
    """Pairs that join records with the same values throughout, a chain through each group that blocking leaves out.

    Where there are rules, these are the groups too large for any key, and their weight must be that of a sure pair.
    Where nearly all records repeat each other there is no rule, and no measure of what strangers share: then that
    they differ in nothing is all that can be known.
    """
    content = content_of(compared, records)
    order = np.argsort(content, kind="stable")
    order = order[_tells(compared, records)[order]]
    same = np.flatnonzero(content[order][1:] == content[order][:-1])
    a, b = order[same], order[same + 1]
    if model.rules and len(a):
        _, group, size = np.unique(content[a], return_inverse=True, return_counts=True)
        large = size[group] >= model.most_records_a_key
        a, b = a[large], b[large]
        sure = weights_of(model, compared, a, b) >= model.thresholds.join
        a, b = a[sure], b[sure]
    return list(zip(a.tolist(), b.tolist(), strict=True))


def _tells(compared: Compared, records: int) -> Bools:
    known, telling = np.zeros(records, np.int64), np.zeros(records, np.bool_)
    for attribute, values in zip(*compared, strict=True):
        known += values.codes >= 0
        telling |= (values.codes >= 0) & (attribute.kind in _TELLING)
    return telling & (known >= _ENOUGH)
