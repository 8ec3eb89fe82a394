"""Which blocking rules to use: those that bring most matches for the fewest pairs. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from graph_cdp.match.blocks import block_sizes, distinct_pairs, pairs_beside, pairs_in, without
from graph_cdp.match.matched import Bools, Floats, Rows
from graph_cdp.match.rules import Keys, Rule
from graph_cdp.match.values import Hashes

_RULES: Final = 100
"""So many rules are tried, those with the fewest pairs a record above what says nothing."""
_PROBES: Final = 4000
_WORTH: Final = 0.0005
"""The least share of matches that a rule must add."""
_PRECISION: Final = 1 / 400
"""The least share of matches among the pairs that a rule adds."""


class Tried(NamedTuple):
    """A rule with its keys of all records, those of too many records set to 0, and its pairs."""

    rule: Rule
    keys: Hashes
    left_out: Hashes
    pairs: int


class Probed(NamedTuple):
    """The pairs of some records with all others that any tried rule brings, and which rule brings which of them."""

    tried: list[Tried]
    a: Rows
    b: Rows
    found: list[Rows]
    share: float


def try_rules(keys: Keys, rules: Sequence[Rule], most: int, budget: int) -> list[Tried]:
    """The rules whose pairs lie within the budget, largest blocks left out."""
    tried = list[Tried]()
    for rule in rules:
        key = keys.of(rule)
        distinct, sizes = block_sizes(key)
        pairs = pairs_in(sizes[sizes <= most])
        if 0 < pairs <= budget:
            tried.append(Tried(rule, key, distinct[sizes > most], pairs))
    return tried


def probe(tried: Sequence[Tried], probes: Bools) -> Probed:
    """The pairs of the probes under every rule."""
    records = len(probes)
    found = [pairs_beside(without(one.keys, one.left_out), probes) for one in tried]
    a, b = distinct_pairs(found, records)
    numbers = a * records + b
    places = [np.searchsorted(numbers, low * records + high) for low, high in found]
    both = float(probes.mean())
    return Probed(list(tried), a, b, places, 1.0 - (1.0 - both) ** 2)


def choose(probed: Probed, match: Floats, budget: int) -> list[tuple[Tried, float]]:
    """The rules, best first, each with the share of the matches that it adds; `match`: probability by probed pair."""
    total = max(float(match.sum()), 1e-9)
    covered = np.zeros(len(match), np.bool_)
    chosen = list[tuple[Tried, float]]()
    left = dict(enumerate(probed.found))
    spent = 0.0
    while left:
        best, best_value, best_gain, best_cost = -1, 0.0, 0.0, 0.0
        for place, found in list(left.items()):
            new = left[place] = found[~covered[found]]
            gain, cost = float(match[new].sum()), len(new) / probed.share
            if gain < max(_WORTH * total, 0.5) or gain < _PRECISION * len(new):
                del left[place]
            elif spent + cost <= budget and (value := gain / (cost + 0.02 * budget)) > best_value:
                best, best_value, best_gain, best_cost = place, value, gain, cost
        if best < 0:
            break
        covered[left.pop(best)] = True
        spent += best_cost
        chosen.append((probed.tried[best], best_gain / total))
    return chosen
