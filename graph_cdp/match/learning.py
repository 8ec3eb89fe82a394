"""Fellegi–Sunter: how often each level occurs among matches (m) and among others (u). Pure.

u is counted on pairs drawn at random, of which next to none match, and exactly for equal values. m and the prior come
from EM (Fellegi and Sunter 1969; Winkler 1988) over candidate pairs, with u held fixed. The candidates were chosen by
blocking, so what does not match among them is nothing like a random pair; that u is not learned from them, and that the
prior counts all pairs, corrects for it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.compare import MISSING, Compared, base_levels, level_names, levels_of
from graph_cdp.match.comparisons import Levels
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.scoring import probability

_RANDOM_PAIRS: Final = 1_000_000
_ROUNDS: Final = 60
_SETTLED: Final = 1e-4
_CREDIT: Final = 4.0
"""So many matches of a usual kind are imagined, so that few records do not learn what they have not seen."""
_EQUAL, _DIFFERENT = 0.7, 0.05
"""How often values of a match are usually equal, and different."""


class Shares(NamedTuple):
    """For each attribute the shares of its levels among matches and among others; and the odds of a match."""

    m: list[Floats]
    u: list[Floats]
    odds: float


def count_u(compared: Compared, order: Rows, rng: np.random.Generator) -> list[Floats]:
    """The shares of levels among random pairs. `order`: the rows in an order that does not depend on the table's."""
    a, b = order[rng.integers(0, len(order), (2, _RANDOM_PAIRS))]
    apart = a != b
    levels = levels_of(compared, a[apart], b[apart])
    return [_u(compared, place, levels[place]) for place in range(len(compared.attributes))]


def _u(compared: Compared, place: int, levels: Levels) -> Floats:
    attribute, counts = compared.attributes[place], compared.values[place].counts
    known = counts.sum()
    size = len(level_names(attribute))
    share = np.bincount(levels[levels != MISSING], minlength=size) + np.full(size, 0.1)
    # Equal values are too rare to be counted on a sample, and need not be. Two of the same record are no pair.
    equal = max(float((counts * (counts - 1.0)).sum()), 1.0) / max(known * (known - 1.0), 1.0)
    share[0] = 0.0
    return np.concatenate([[equal], share[1:] / share[1:].sum() * (1.0 - equal)])


def usual_m(compared: Compared) -> list[Floats]:
    """The shares of levels among matches before anything is learned."""
    shares = []
    for attribute in compared.attributes:
        size = len(level_names(attribute))
        share = np.full(size, (1.0 - _EQUAL - _DIFFERENT) / max(size - 2, 1))
        share[0], share[base_levels(attribute) - 1] = _EQUAL, _DIFFERENT
        shares.append(share / share.sum())
    return shares


def learn(
    levels: Levels, u: Sequence[Floats], worth: Floats, usual: Sequence[Floats], pairs: float
) -> tuple[Shares, Floats]:
    """EM over candidate pairs. `worth`: by pair, the bits that rare values add; `pairs`: all pairs there are.

    Returns the shares, and the probability of each candidate.
    """
    m, odds = list(usual), max(1.0 / pairs, min(0.01, 0.03 * levels.shape[1] / pairs))
    match = np.zeros(levels.shape[1])
    for _ in range(_ROUNDS):
        match = probability(np.log2(odds) + worth + _bits(levels, m, u))
        before, m = m, [_shares(row, match, share) for row, share in zip(levels, usual, strict=True)]
        odds = max(float(match.sum()), 0.5) / pairs
        if max(float(np.abs(x - y).max()) for x, y in zip(before, m, strict=True)) < _SETTLED:
            break
    return Shares(m, list(u), odds), match


def posterior(levels: Levels, shares: Shares, worth: Floats) -> Floats:
    """The probability of each pair."""
    return probability(np.log2(shares.odds) + worth + _bits(levels, shares.m, shares.u))


def _bits(levels: Levels, m: Sequence[Floats], u: Sequence[Floats]) -> Floats:
    bits = np.zeros(levels.shape[1])
    for row, among_matches, among_others in zip(levels, m, u, strict=True):
        worth = np.zeros(int(MISSING) + 1)
        worth[: len(among_matches)] = np.log2(among_matches / among_others)
        bits += worth[row]
    return bits


def _shares(levels: Levels, match: Floats, usual: Floats) -> Floats:
    count = np.bincount(levels, match, minlength=int(MISSING) + 1)[: len(usual)] + _CREDIT * usual
    return np.asarray(count / count.sum())
