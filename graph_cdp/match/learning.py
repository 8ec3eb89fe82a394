"""Fellegi–Sunter: how often each level occurs among matches (m) and among others (u), learned by EM. Pure.

u is counted on pairs drawn at random, of which next to none match, and exactly for equal values. m and the prior come
from EM (Fellegi and Sunter 1969; Winkler 1988) over candidate pairs, with u held fixed. The candidates were chosen by
blocking, so what does not match among them is nothing like a random pair; that u is not learned from them, and that the
prior counts all pairs, corrects for it.

Attributes do not agree independently of each other: who shares a postal code shares a street more often than others. So
an attribute may lean on another one, its parent, and has shares of its own where that agrees and where it differs: a
tree-augmented model (Friedman, Geiger and Goldszmidt 1997) of both matches and others.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.compare import MISSING, Compared, base_levels, level_names
from graph_cdp.match.comparisons import Levels
from graph_cdp.match.compiled import share_at_home
from graph_cdp.match.kinds import LEAST_ALIKE
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.scoring import ALIKE, states_of, usual_at_home

_RANDOM_PAIRS: Final = 400_000
_ROUNDS: Final = 60
_SETTLED: Final = 5e-4
_CREDIT: Final = 4.0
"""So many matches of a usual kind are imagined, so that few records do not learn what they have not seen."""
_STRAY: Final = 2e-4
"""And so many more for each pair: strangers that look like matches must not outnumber them where matches are few."""
_IMAGINED, _IMAGINED_EQUAL = 1000.0, 10.0
"""So many pairs of strangers are imagined, some of them equal, since few records are no measure of what is common."""
_STRANGERS: Final = 50.0
"""So many of them are imagined for the levels below."""
_JUDGED: Final = 10.0
"""So many guessed pairs weigh as much as a judged one."""
_HOMES: Final = 10.0
"""So many pairs of a household are imagined to share what is usual."""
_MOST_AT_HOME: Final = 0.998
_LEAST_DIFFERENT: Final = 0.01
_NEGLIGIBLE: Final = 1e-5
"""Pairs less likely than this to belong together in any way teach nothing once EM has learned roughly."""
_EQUAL, _DIFFERENT = 0.7, 0.05
"""How often values of a match are usually equal, and different."""


Table = NDArray[np.float64]
"""Shares of an attribute's levels: a row for each state of its parent (`states_of`), a column a level."""
Worth = NDArray[np.float32]
"""Bits by attribute and pair."""


class Shares(NamedTuple):
    """For each attribute the shares of its levels among matches and among others; its parent; and the odds of a match.

    `home`: the odds that a pair is of one household; 0 where that cannot be told. By attribute `at_home` is the share
    of such pairs that agree as a match does; the others do as strangers do.
    """

    m: list[Table]
    u: list[Table]
    parents: list[int | None]
    at_home: list[float]
    odds: float
    home: float


def draw_random(order: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Pairs of which next to none match. `order`: the rows in an order that does not depend on the table's."""
    if len(order) < 2:
        return order[:0], order[:0]
    a, b = order[rng.integers(0, len(order), (2, _RANDOM_PAIRS))]
    return a[a != b], b[a != b]


def count_u(compared: Compared, levels: Levels) -> list[Floats]:
    """The shares of levels among random pairs."""
    if not levels.size:
        return usual_m(compared)
    return [_u(compared, place, levels[place]) for place in range(len(compared.attributes))]


def _u(compared: Compared, place: int, levels: Levels) -> Floats:
    attribute, counts = compared.attributes[place], compared.values[place].counts
    known = counts.sum()
    size = len(level_names(attribute))
    share = np.bincount(levels[levels != MISSING], minlength=size).astype(np.float64)
    # Of few records the same pairs are drawn again and again.
    share *= min(1.0, known * (known - 1.0) / 2 / max(share.sum(), 1.0))
    share += _imagined(attribute, size)
    # Equal values are too rare to be counted on a sample, and need not be. Two of the same record are no pair.
    equal = float((counts * (counts - 1.0)).sum() + _IMAGINED_EQUAL) / (known * (known - 1.0) + _IMAGINED)
    share[0] = 0.0
    return np.concatenate([[equal], share[1:] / share[1:].sum() * (1.0 - equal)])


def _imagined(attribute: Attribute, size: int) -> Floats:
    """Strangers as they usually are: nearly all different."""
    share = np.full(size, 0.01)
    share[base_levels(attribute) - 1] = 1.0
    return np.asarray(share * _STRANGERS)


def usual_m(compared: Compared) -> list[Floats]:
    """The shares of levels among matches before anything is learned."""
    shares = []
    for attribute in compared.attributes:
        size = len(level_names(attribute))
        share = np.full(size, (1.0 - _EQUAL - _DIFFERENT) / max(size - 2, 1))
        share[0], share[base_levels(attribute) - 1] = _EQUAL, _DIFFERENT
        shares.append(share / share.sum())
    return shares


class Lesson(NamedTuple):
    """Pairs with their levels and the bits of their values."""

    levels: Levels
    worth: Worth


class Taught(NamedTuple):
    """Candidate pairs to learn from: their levels, and by attribute and pair the bits of rare values.

    `judged` holds by pair 1 where it was judged the same, 0 where different, and NaN where nobody has judged.
    """

    levels: Levels
    worth: Worth
    judged: Floats

    def in_doubt(self, shares: Shares) -> "Taught":
        """The pairs that can still teach something: those judged, and those not known for strangers beyond doubt."""
        match, home = posteriors(self.levels, shares, self.worth)
        told = ~np.isnan(self.judged) | (match + home > _NEGLIGIBLE)
        return Taught(self.levels[:, told], self.worth[:, told], self.judged[told])


def usual_shares(compared: Compared, u: Sequence[Floats], odds: float) -> Shares:
    """What to begin with: matches as they usually are, and attributes that lean on nothing."""
    m, tables = ([share[np.newaxis] for share in shares] for shares in (usual_m(compared), u))
    at_home = usual_at_home(compared)
    return Shares(m, tables, [None] * len(tables), at_home, odds, odds if any(at_home) else 0.0)


def learn(
    compared: Compared, taught: Taught, shares: Shares, *, pairs: float, looked: int, rounds: int = _ROUNDS
) -> Shares:
    """EM over candidate pairs, from some shares on, of which u and the parents stay.

    `pairs`: all that there are; `looked`: those that blocking found, the ones that teach nothing included. What was
    judged counts for more than what is guessed.
    """
    levels, worth, judged = taught
    known = ~np.isnan(judged)
    counted = np.where(known, _JUDGED, 1.0)
    usual, at_home = usual_m(compared), usual_at_home(compared)
    states, credit = states_of(levels, shares.parents), _CREDIT + _STRAY * looked
    least = [LEAST_ALIKE.get(one.kind, 0.0) for one in compared.attributes]
    for _ in range(rounds):
        bits = _bits(levels, states, shares, worth)
        match, home = _posteriors(bits, shares)
        match, home = np.where(known, judged, match), np.where(known, 0.0, home)
        m = [
            _shares(
                levels[k],
                states[k],
                len(shares.u[k]),
                match * counted,
                usual[k] * credit,
                least[k],
                base_levels(one) - 1,
            )
            for k, one in enumerate(compared.attributes)
        ]
        moved = max(float(np.abs(x - y).max()) for x, y in zip(shares.m, m, strict=True)) if m else 0.0
        lived = [_lived(bits[k], levels[k], home, shares.at_home[k], at_home[k]) for k in range(len(usual))]
        shares = shares._replace(
            m=m, at_home=lived, odds=max(float(match.sum()), 0.5) / pairs, home=float(home.sum()) / pairs
        )
        if moved < _SETTLED:
            break
    return shares


def posteriors(levels: Levels, shares: Shares, worth: Worth) -> tuple[Floats, Floats]:
    """The probabilities of each pair: that it matches, and that it is of one household and does not."""
    return _posteriors(_bits(levels, states_of(levels, shares.parents), shares, worth), shares)


def _bits(levels: Levels, states: Levels, shares: Shares, worth: Worth) -> Worth:
    """By attribute and pair the bits for a match against strangers."""
    bits = np.empty(levels.shape, np.float32)
    for k in range(len(levels)):
        table = np.zeros((len(shares.u[k]), int(MISSING) + 1))
        table[:, : shares.u[k].shape[1]] = np.log2(shares.m[k] / shares.u[k])
        bits[k] = table[states[k], levels[k]] + worth[k]
    return bits


def _posteriors(bits: Worth, shares: Shares) -> tuple[Floats, Floats]:
    home = np.full(bits.shape[1], shares.home)
    for step, share in zip(bits, shares.at_home, strict=True):
        share_at_home(home, step, share)
    match = shares.odds * np.exp2(np.clip(bits.sum(0), -100, 100))
    return match / (1.0 + home + match), home / (1.0 + home + match)


def _lived(bits: NDArray[np.float32], levels: Levels, home: Floats, share: float, usual: float) -> float:
    """The share of households that agree in an attribute as a match does, drawn to what is usual; 0 stays 0."""
    if not usual:
        return 0.0
    known = home * (levels != MISSING)
    as_match = share * np.exp2(np.clip(bits, -100, 100))
    agree = float((known * as_match / (as_match + 1.0 - share)).sum())
    most = _MOST_AT_HOME if usual > 0.1 else 0.2
    return min((agree + _HOMES * usual) / (float(known.sum()) + _HOMES), most)


def _shares(
    levels: Levels, states: Levels, rows: int, match: Floats, usual: Floats, alike: float, different: int
) -> Table:
    """The shares of the levels by state, each drawn to those of all states, and these to what is usual.

    At least `alike` of them agree; some are different, since no file is so clean that none are.
    """
    size = int(MISSING) + 1
    count = np.bincount(states.astype(np.int64) * size + levels, match, minlength=rows * size)
    count = count.reshape(rows, size)[:, : len(usual)]
    whole = count.sum(0) + usual
    whole /= whole.sum()
    drawn = count + _CREDIT * whole
    table = drawn / drawn.sum(1, keepdims=True)
    table[0] = whole
    table[:, different] = np.maximum(table[:, different], _LEAST_DIFFERENT)
    table /= table.sum(1, keepdims=True)
    agree = table[:, : ALIKE + 1].sum(1, keepdims=True)
    up = np.maximum(agree, alike) / agree
    down = np.minimum(1.0 - agree, 1.0 - alike) / np.maximum(1.0 - agree, 1e-12)
    return np.concatenate([table[:, : ALIKE + 1] * up, table[:, ALIKE + 1 :] * down], axis=1)
