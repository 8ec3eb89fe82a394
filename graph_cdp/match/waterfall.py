"""Why a pair has its score: the bits that each comparison adds. Pure."""

from typing import NamedTuple

import numpy as np

from graph_cdp.match.compare import MISSING, base_levels, levels_of
from graph_cdp.match.matched import Band
from graph_cdp.match.model import Learned, Model
from graph_cdp.match.scoring import bits_of, compared_by, probability, steps_of
from graph_cdp.match.table import Record, Table


class Bar(NamedTuple):
    """One step of a waterfall: what was compared, the level, how the values relate in words, the values, the bits."""

    attribute: str
    level: str
    relation: str
    a: str | None
    b: str | None
    weight: float


class Waterfall(NamedTuple):
    """Why a pair has its score: the bits before any comparison, a bar an attribute, and their sum."""

    prior: float
    bars: tuple[Bar, ...]
    weight: float
    score: float
    band: Band


def waterfall(model: Model, a: Record, b: Record) -> Waterfall:
    """The steps from the prior to the weight of one pair; they add up to its weight in a batch."""
    table = Table.of_records([a, b])
    compared = compared_by(model, table)
    one, other = np.array([0]), np.array([1])
    levels = levels_of(compared, one, other)
    bits = [bits_of(learned, values) for learned, values in zip(model.attributes, compared.values, strict=True)]
    steps, home = steps_of(model, compared, bits, levels, one, other)
    bars, weight = [], model.prior
    told = list(zip(model.attributes, levels[:, 0].tolist(), steps, strict=True))
    exchanged = {one.attribute.swaps for one, level, _ in told if level == base_levels(one.attribute)}
    for learned, level, step in told:
        bars.append(_bar(learned, level, a, b, float(step[0])))
        if learned.attribute.name in exchanged:
            relation = f"exchanged, and told with {learned.attribute.swaps}"
            bars[-1] = bars[-1]._replace(level="swapped", relation=relation)
        weight += float(step[0])
    if model.home is not None:
        bars.append(
            Bar("household", "fits a household", "what both share fits a household as well", None, None, float(home[0]))
        )
        weight += float(home[0])
    score = float(probability(np.array([weight]))[0])
    return Waterfall(model.prior, tuple(bars), weight, score, model.thresholds.band(weight))


def _bar(learned: Learned, level: int, a: Record, b: Record, weight: float) -> Bar:
    attribute = learned.attribute
    column = attribute.columns[0]
    if level == MISSING:
        return Bar(attribute.name, "missing", "missing in one of them", a.get(column), b.get(column), weight)
    name = learned.levels[level].name
    relation = name
    if level == 0:
        relation = "equal, a common value" if weight < learned.levels[0].weight else "equal, a rare value"
    return Bar(attribute.name, name, relation, a.get(column), b.get(column), weight)
