"""Clusters of records: average linkage inside each component of candidate links. Pure."""

from collections.abc import Sequence

from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.model import Model


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
    """By record the smallest row of its cluster. `model`, or a threshold in bits, tells where to join."""
    raise NotImplementedError
