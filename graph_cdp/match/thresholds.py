"""Where to join, where to ask, and where to leave apart: from the probabilities of the data's own pairs. Pure."""

from typing import Final

import numpy as np

from graph_cdp.match.cluster import ABSENT
from graph_cdp.match.matched import Floats
from graph_cdp.match.model import Thresholds

_WRONG: Final = 0.005
"""The share of pairs in the band `join` that may be wrong."""
_MISSED: Final = 0.01
"""The share of matches that may lie in the band `apart`."""
_LEAST, _MOST = 1.0, 10.0


def thresholds_of(weights: Floats, match: Floats) -> Thresholds:
    """The bands for pairs of these weights (bits) and probabilities, and where groups of records join."""
    order = np.argsort(-weights)
    bits, right = weights[order], np.cumsum(match[order])
    if not len(bits) or right[-1] <= 0.0:
        return Thresholds(_MOST, _LEAST, ABSENT / 2)
    wrong = 1.0 - right / np.arange(1, len(bits) + 1)
    good = np.flatnonzero(wrong <= _WRONG)
    enough = np.flatnonzero(right >= (1.0 - _MISSED) * right[-1])
    join = float(np.clip(bits[good[-1]] if len(good) else _MOST, _LEAST, _MOST))
    review = float(np.clip(bits[enough[0]], -_LEAST * 4, join - _LEAST))
    # A mean holds pairs that no rule brought together as well, so it lies half-way to their weight.
    cluster = (_best_for_f1(right) + ABSENT) / 2
    return Thresholds(round(join, 2), round(review, 2), round(cluster, 2))


def _best_for_f1(right: Floats) -> float:
    """The bits of a pair from which on joining raises the expected F1; `right`: matches among the first pairs.

    The best F1 of any threshold being F, it is reached by joining what is likelier than F / 2 (Lipton, Elkan and
    Naryanaswamy 2014).
    """
    best = float(np.max(2.0 * right / (np.arange(1, len(right) + 1) + right[-1])))
    return float(np.log2(best / (2.0 - best)))
