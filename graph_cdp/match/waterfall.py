"""Why a pair has its score: the bits that each comparison adds. Pure."""

from typing import NamedTuple

from graph_cdp.match.matched import Band
from graph_cdp.match.model import Model
from graph_cdp.match.table import Record


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
    raise NotImplementedError
