"""Which attribute leans on which: found among pairs that share a value and do not match. Pure."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.compare import MISSING
from graph_cdp.match.compiled import grouped
from graph_cdp.match.learning import Lesson, Shares, Table, posteriors
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.scoring import ALIKE
from graph_cdp.match.values import Values

_PAIRS: Final = 20_000
"""So many pairs are drawn that share a value of one attribute."""
_FEWEST: Final = 200.0
"""So many of them must not match, or nothing is said."""
_OTHERS: Final = 0.3
"""The least share of them that must not match: among more matches the others cannot be made out."""
_EXCESS: Final = 10.0
"""So many more than usual must be equal: fewer may be matches that were not recognised."""
_LIFT: Final = 3.0
"""So many times as often as usual must some level occur for an attribute to lean on the shared one."""
_COMMON: Final = 0.2
"""What strangers have as often as this speaks for nothing, so it does not matter what it leans on."""
_CREDIT: Final = 20.0


def draw_sharing(values: Values, order: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Pairs that share a value, each such pair as likely as any other; `order` as for u."""
    counts = values.counts
    pairs = counts * (counts - 1.0)
    if pairs.sum() < 2 * _FEWEST:
        return order[:0], order[:0]
    places, begins = grouped(values.codes[order], len(counts))
    # Codes are numbered by first occurrence, so they are drawn in an order of the values' own.
    names = np.argsort(values.hashes, kind="stable")
    code = names[rng.choice(len(counts), _PAIRS, p=pairs[names] / pairs.sum())]
    first = (rng.random(_PAIRS) * counts[code]).astype(np.int64)
    second = (rng.random(_PAIRS) * (counts[code] - 1)).astype(np.int64)
    return order[places[begins[code] + first]], order[places[begins[code] + second + (second >= first)]]


class _Lift(NamedTuple):
    """The bits that an equal parent tells of some level of the child; the shares of the levels there."""

    bits: float
    parent: int
    child: int
    share: Floats


def lean(
    sharing: Sequence[Lesson | None], random: Lesson, u: Sequence[Floats], shares: Shares
) -> tuple[list[Table], list[int | None]]:
    """For each attribute the tables of u, and the attribute that it leans on.

    The strongest leanings first, as in a spanning tree (Chow and Liu 1968): one parent each, and no circle. `sharing`:
    by attribute pairs that share a value of it, which are too few among those of `random`.
    """
    tables = [share[np.newaxis] for share in u]
    other = _others(random, shares)
    known = np.count_nonzero(random.levels != MISSING, axis=1) / max(random.levels.shape[1], 1)
    parents: list[int | None] = [None] * len(u)
    lifts = [
        lift
        for parent, shared in enumerate(sharing)
        if shared
        for lift in _lifts(parent, shared, known[parent], u, shares)
    ]
    for lift in sorted(lifts, key=lambda one: (-one.bits, -u[one.parent][0], one.parent, one.child)):
        if parents[lift.child] is None and lift.child not in _line_of(lift.parent, parents):
            parents[lift.child] = lift.parent
            tables[lift.child] = _table(lift, random, other, u)
    return tables, parents


def _others(lesson: Lesson, shares: Shares) -> Floats:
    """How surely each pair is no match. Squared, so that pairs in doubt, of which many match, count for little."""
    return (1.0 - posteriors(lesson.levels, shares, lesson.worth)[0]) ** 2


def _table(lift: _Lift, random: Lesson, other: Floats, u: Sequence[Floats]) -> Table:
    """The shares of the child's levels by those of its parent: at each level of that as random pairs have them.

    Few pairs are drawn to what is usual; where the parent is equal but for an error, to what is where it is equal.
    """
    usual, size = u[lift.child], int(MISSING) + 1
    at = random.levels[lift.parent].astype(np.int64) * size + random.levels[lift.child]
    count = np.bincount(at, other, minlength=size * size).reshape(size, size)[: len(u[lift.parent]), : len(usual)]
    like = np.tile(usual, (len(count), 1))
    like[: ALIKE + 1] = lift.share
    return np.stack([usual, lift.share, *map(_drawn, count[1:], like[1:])])


def _drawn(count: Floats, like: Floats) -> Floats:
    """The shares of levels as counted, drawn to what they are like."""
    drawn = (count + _CREDIT * like) / (count.sum() + _CREDIT)
    # What is too rare to be drawn is not seen, which does not make it rarer than it is everywhere.
    drawn = np.where(count.sum() * like < _EXCESS, np.maximum(drawn, like), drawn)
    return np.asarray(drawn / drawn.sum())


def _lifts(parent: int, shared: Lesson, known_share: float, u: Sequence[Floats], shares: Shares) -> Iterator[_Lift]:
    """What leans on one attribute."""
    other = _others(shared, shares)
    if other.mean() < _OTHERS:
        return
    for child, share in enumerate(u):
        levels = shared.levels[child]
        known = levels != MISSING
        count = np.bincount(levels[known], other[known], minlength=len(share))
        if child == parent or count.sum() < _FEWEST:
            continue
        expected = share * count.sum()
        told = np.flatnonzero((count >= expected + _EXCESS) & (share < _COMMON))
        drawn = _drawn(count.astype(np.float64), share)
        times = float(np.max(drawn[told] / share[told], initial=0.0))
        if times >= _LIFT:
            yield _Lift(math.log2(times) * known_share, parent, child, drawn)


def _line_of(place: int, parents: Sequence[int | None]) -> set[int]:
    """An attribute with all that it leans on, however indirectly."""
    line = {place}
    while (above := parents[place]) is not None:
        line.add(place := above)
    return line
