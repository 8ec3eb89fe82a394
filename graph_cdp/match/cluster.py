"""Clusters of records: average linkage inside each component of candidate links. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_cdp.match.compiled import grouped
from graph_cdp.match.linkage import components, link_components
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.model import Model

_CLIP: Final = 12.0
"""No single pair counts for more bits, so that one strong agreement does not outvote many a disagreement."""
_EXACT: Final = 1024.0
"""Weights are counted in so many parts of a bit: their sums are exact, and so the same in whatever order."""
_APART: Final = -1e9
"""The weight of a pair that was judged different; in a mean with any others it stays far below any threshold."""
ABSENT: Final = -4.0
"""The weight of a pair that no rule brought together: nothing strong speaks for it, and little is known against it."""
_LARGEST: Final = 600
"""The records of a component that are linked at once; of a larger one the weakest links are cut first."""


def cluster_pairs(
    records: int,
    a: Rows,
    b: Rows,
    weight: Floats,
    model: Model | float,
    *,
    must: Sequence[tuple[int, int]] = (),
    cannot: Sequence[tuple[int, int]] = (),
) -> Rows:
    """By record the smallest row of its cluster. `model`, or a threshold in bits, tells where to join.

    Two records that must be together are, with all that must be with either, unless it is those that cannot; of
    contradicting demands `must` is obeyed. Each pair is to be given once.
    """
    join, absent = (model.thresholds.cluster, model.absent) if isinstance(model, Model) else (model, ABSENT)
    together = np.asarray(components(records, *_columns(must)))
    pairs = _between(together, a, b, np.round(np.clip(weight, -_CLIP, _CLIP) * _EXACT) / _EXACT)
    apart = _between(together, *_columns(cannot), np.full(len(cannot), _APART))
    a, b, weight = (np.concatenate(both) for both in zip(apart, pairs, strict=True))
    return np.asarray(_linked(together, a, b, weight, join, absent)[together])


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[Rows, Rows]:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _between(together: Rows, a: Rows, b: Rows, weight: Floats) -> tuple[Rows, Rows, Floats]:
    """The pairs between groups that are joined already, by the groups' first rows."""
    low, high = np.minimum(together[a], together[b]), np.maximum(together[a], together[b])
    unlike = low != high
    return low[unlike], high[unlike], weight[unlike]


def _linked(together: Rows, a: Rows, b: Rows, weight: Floats, join: float, absent: float) -> Rows:
    """Average linkage of groups that are joined already; a pair of groups may come several times, and each counts."""
    records = len(together)
    component = _components(records, a, b, weight, join)
    inside = component[a] == component[b]
    a, b, weight = a[inside], b[inside], weight[inside]
    members = np.bincount(together, minlength=records)
    rows, begins = grouped(component, records)
    pairs, firsts = grouped(component[a], records)
    cluster = np.arange(records)
    link_components(rows, begins, members, a[pairs], b[pairs], weight[pairs], firsts, absent, join, cluster)
    return cluster


def _components(records: int, a: Rows, b: Rows, weight: Floats, least: float) -> Rows:
    """The components of pairs of at least some weight; of too large ones the weakest pairs are cut first."""
    while True:
        strong = weight >= least
        component = components(records, a[strong], b[strong])
        if not records or np.bincount(component).max() <= _LARGEST or not strong.any():
            return np.asarray(component)
        least += 1.0
