"""Clusters of records: average linkage inside each component of candidate links. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_cdp.match.linkage import components, link_components
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.model import Model

_CLIP: Final = 12.0
"""No single pair counts for more bits, so that one strong agreement does not outvote many a disagreement."""
_APART: Final = -1e9
"""The weight of a pair that was judged different; in a mean with any others it stays far below any threshold."""
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
    absent: float = -4.0,
) -> Rows:
    """By record the smallest row of its cluster. `model`, or a threshold in bits, tells where to join."""
    join = model.thresholds.join if isinstance(model, Model) else model
    absent = model.absent if isinstance(model, Model) else absent
    weight = np.clip(weight, -_CLIP, _CLIP)
    component = _components(records, a, b, weight, join)
    inside = component[a] == component[b]
    a, b, weight = a[inside], b[inside], weight[inside]
    rows = np.argsort(component, kind="stable")
    number, begins = _numbered(component[rows])
    place, of_row = np.empty(records, np.int64), np.empty(records, np.int64)
    place[rows], of_row[rows] = np.arange(records) - begins[number], number
    order = np.argsort(of_row[a], kind="stable")
    firsts = np.searchsorted(of_row[a][order], np.arange(len(begins)))
    cluster = np.empty(records, np.int64)
    link_components(rows, begins, place, a[order], b[order], weight[order], firsts, absent, join, cluster)
    return cluster


def _components(records: int, a: Rows, b: Rows, weight: Floats, least: float) -> Rows:
    while True:
        strong = weight >= least
        component = components(records, a[strong], b[strong])
        if not records or np.bincount(component).max() <= _LARGEST:
            return np.asarray(component)
        least += 1.0


def _numbered(ordered: Rows) -> tuple[Rows, Rows]:
    """The components numbered in order, by row; and where each begins, with the end."""
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.bool_)
    return np.cumsum(new) - 1, np.append(np.flatnonzero(new), len(ordered))
