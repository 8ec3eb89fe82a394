"""Weights of pairs by a model: the prior, the levels, and what sharing those very values is worth. Pure."""

import math
from collections.abc import Sequence
from itertools import repeat

import numpy as np

from graph_cdp.match.attributes import Attribute, values_of
from graph_cdp.match.compare import MISSING, Compared, base_levels, levels_of
from graph_cdp.match.comparisons import Levels
from graph_cdp.match.compiled import against, odds_to_probability, share_at_home
from graph_cdp.match.kinds import NEVER_SHARED, PERSONAL, SHARED_AT_HOME
from graph_cdp.match.matched import Floats, Pairs, Rows
from graph_cdp.match.model import Learned, Model
from graph_cdp.match.table import Table
from graph_cdp.match.values import Values
from graph_cdp.match.workers import FEW, each

NEARLY_EQUAL = 0.5
"""The part of the worth of a rare value that counts where values are alike rather than equal."""

ALIKE = 1
"""Up to this level values are taken to agree: equal, or with an error."""
_PAIRS_AT_ONCE = 1 << 18
_MOST = 0.5


def states_of(levels: Levels, parents: Sequence[int | None]) -> Levels:
    """By attribute and pair the level of what it leans on, and one more; 0 where that is missing, or there is none."""
    states = np.zeros_like(levels)
    for place, parent in enumerate(parents):
        if parent is not None:
            states[place] = levels[parent] + np.uint8(1)  # which makes 0 of MISSING
    return states


def compared_by(model: Model, table: Table) -> Compared:
    """The attributes of the model with the table's values."""
    attributes = tuple(learned.attribute for learned in model.attributes)
    return Compared(attributes, tuple(each(lambda one: values_of(table, one), attributes, few=len(table) < FEW)))


def bits_of(learned: Learned, values: Values) -> Floats:
    """By code: how many bits sharing this value is worth more than sharing any."""
    bits = map(learned.bits.get, values.strings, repeat(learned.rare))
    return np.fromiter(bits, np.float64, len(values.strings))


def adjustment(learned: Learned, values: Values, bits: Floats, levels: Levels, a: Rows, b: Rows) -> Floats:
    """By pair: the bits to add to those of the level, for the rareness of the value."""
    added = np.zeros(len(levels))
    equal = np.flatnonzero(levels == 0)
    added[equal] = bits[values.codes[a[equal]]]
    alike = np.flatnonzero((levels > 0) & (levels < base_levels(learned.attribute) - 1))
    # The commoner value of both, since an error makes a rare value of a common one.
    added[alike] = NEARLY_EQUAL * np.minimum(bits[values.codes[a[alike]]], bits[values.codes[b[alike]]])
    return added


def weights_of(model: Model, compared: Compared, a: Rows, b: Rows) -> Floats:
    """The weight of each pair in bits."""
    bits = [bits_of(learned, values) for learned, values in zip(model.attributes, compared.values, strict=True)]
    levels = levels_of(compared, a, b)

    def weigh(first: int) -> Floats:
        chunk = slice(first, first + _PAIRS_AT_ONCE)
        steps, home = steps_of(model, compared, bits, levels[:, chunk], a[chunk], b[chunk])
        total = np.full(len(home), model.prior)
        for step in steps:
            total += step
        return total + home

    parts = each(weigh, range(0, len(a), _PAIRS_AT_ONCE))
    return np.concatenate(parts) if parts else np.zeros(0)


def steps_of(
    model: Model, compared: Compared, bits: Sequence[Floats], levels: Levels, a: Rows, b: Rows
) -> tuple[list[Floats], Floats]:
    """By attribute and pair the bits it adds; and the bits, never above 0, for what fits a household as well.

    With odds h that a pair is of one household, which shares an attribute of s bits with probability p, the odds of a
    match are taken against strangers and households together: 1 + h ∏ (1 - p + p 2^s) in the place of 1.
    """
    states = states_of(levels, model.parents)
    home = np.full(len(a), 0.0 if model.home is None else 2.0**model.home)
    steps = []
    for place, learned in enumerate(model.attributes):
        added = adjustment(learned, compared.values[place], bits[place], levels[place], a, b)
        step = worth_of_levels(learned)[states[place], levels[place]]
        step += rareness_of(learned)[states[place]] * added
        steps.append(step)
        if model.home is not None:
            share_at_home(home, step, learned.at_home)
    return steps, against(home)


def usual_at_home(compared: Compared) -> list[float]:
    """How often a household usually shares each; 0 where nothing personal is known of most records.

    Then no household can be told, and the file may not be about people at all.
    """
    told_apart = any(
        attribute.kind in PERSONAL and np.count_nonzero(values.codes >= 0) >= _MOST * len(values)
        for attribute, values in zip(*compared, strict=True)
    )
    return [_usual_at_home(attribute) if told_apart else 0.0 for attribute in compared.attributes]


def _usual_at_home(attribute: Attribute) -> float:
    if attribute.kind in NEVER_SHARED:
        return 0.0
    return 0.03 if attribute.kind in PERSONAL else 0.97 if attribute.kind in SHARED_AT_HOME else 0.3


def worth_of_levels(learned: Learned) -> Floats:
    """By state and level the bits; none for a missing value."""
    worth = np.zeros((1 + len(learned.leaning), int(MISSING) + 1))
    for state, levels in enumerate((learned.levels, *learned.leaning)):
        worth[state, : len(levels)] = [level.weight for level in levels]
    return worth


def rareness_of(learned: Learned) -> Floats:
    """By state the part that the bits of a value keep: where it agrees by itself, its rareness counts for as little."""
    usual = math.log2(learned.levels[0].u)
    return np.array([min(1.0, math.log2(levels[0].u) / usual) for levels in (learned.levels, *learned.leaning)])


def scored(model: Model, compared: Compared, a: Rows, b: Rows) -> Pairs:
    """Pairs of rows with their weights, as given."""
    weight = weights_of(model, compared, a, b)
    band = (weight >= model.thresholds.review).astype(np.uint8) + (weight >= model.thresholds.join)
    return Pairs(a, b, weight, probability(weight), band.astype(np.uint8))


def probability(weights: Floats) -> Floats:
    """From bits to probability: 1 / (1 + 2^-weight)."""
    return np.asarray(odds_to_probability(weights))
