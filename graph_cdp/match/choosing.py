"""Which blocking rules to use: those that bring most matches for the fewest pairs. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_cdp.match.blocks import block_sizes, distinct_pairs, pairs_beside, pairs_in, rows_of
from graph_cdp.match.matched import Floats, Rows
from graph_cdp.match.rules import Keys, Rule
from graph_cdp.match.workers import each

_SAMPLE: Final = 100_000
"""So many records tell roughly how many pairs a rule has."""
_WORTH: Final = 0.0005
"""The least share of matches that a rule must add."""
_PRECISION: Final = 1 / 400
"""The least share of matches among the pairs that a rule adds."""


class Tried(NamedTuple):
    """A rule and how many pairs it has, as a sample of the records tells; keys of too many records bring none."""

    rule: Rule
    pairs: int


class Probed(NamedTuple):
    """The pairs of some records with all others that any tried rule brings, and which rule brings which of them.

    `found`: by rule the places of its pairs in `a` and `b`, of 32 bits since there are many rules.
    """

    tried: list[Tried]
    a: Rows
    b: Rows
    found: list[NDArray[np.int32]]
    share: float


def try_rules(keys: Keys, rules: Sequence[Rule], records: int, most: int, budget: int) -> list[Tried]:
    """The rules whose pairs lie within the budget, largest blocks left out.

    Of many records a sample tells how many: the first ones, so their keys must be in an order that says nothing.
    """
    share = min(1.0, _SAMPLE / max(records, 1))
    sample = int(records * share)
    keys.make_forms(rules)

    def look(rule: Rule) -> Tried:
        sizes = block_sizes(keys.of(rule, sample))[1]
        return Tried(rule, int(pairs_in(sizes[sizes <= max(most * share, 2)]) / share**2))

    return [tried for tried in each(look, rules) if 0 < tried.pairs <= budget]


def probe(keys: Keys, tried: Sequence[Tried], order: Rows, probes: int, most: int) -> Probed:
    """The pairs of the first rows of `order` under every rule, in that order, which the keys are in as well."""
    records = len(order)
    chosen = np.arange(records) < probes
    found = each(lambda one: pairs_beside(keys.of(one.rule), chosen, most), tried)
    pairs = distinct_pairs(found)
    places = each(lambda some: np.searchsorted(pairs, some).astype(np.int32), found)
    a, b = rows_of(pairs, records)
    share = 1.0 - (1.0 - float(chosen.sum() / max(records, 1))) ** 2
    return Probed(list(tried), order[a], order[b], places, share)


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
