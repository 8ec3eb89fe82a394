"""What was learned of a table: everything that scoring needs, and a readable file. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.kinds import Column
from graph_cdp.match.matched import Band, Figure
from graph_cdp.match.rules import Rule


@dataclass(frozen=True)
class Level:
    """How two values may relate: how often among records that belong together (m), among others (u), and the bits.

    `weight` is log2(m / u), rounded as it is added up.
    """

    name: str
    m: float
    u: float
    weight: float


@dataclass(frozen=True)
class Learned:
    """An attribute with its levels, equal first.

    `bits` tells, for the values that many share, how many bits sharing that very one is worth more (or less) than
    sharing any; `rare` is the same for all other values. Where it leans on another attribute, those of `leaning` at
    the level of that one stand in the place of `levels`. `at_home`: the share of households that agree in it.
    """

    attribute: Attribute
    levels: tuple[Level, ...]
    bits: Mapping[str, float]
    rare: float
    leans_on: str | None = None
    leaning: tuple[tuple[Level, ...], ...] = ()
    at_home: float = 0.0


@dataclass(frozen=True)
class LearnedRule:
    """A blocking rule, the share of matches that it alone adds, its pairs, and the keys that too many records have."""

    rule: Rule
    recall: float
    pairs: int
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Thresholds:
    """Weights in bits. A pair at `join` and above is the same beyond doubt, one at `review` and above is for review.

    Two groups are joined where their pairs weigh `cluster` or more on average, those that no rule brings together
    counted as well; such a mean lies below the weight of a good pair.
    """

    join: float
    review: float
    cluster: float

    def band(self, weight: float) -> Band:
        """The band of a pair."""
        return "join" if weight >= self.join else "review" if weight >= self.review else "apart"


@dataclass(frozen=True)
class Model:
    """A model of records; plain data, written and read back exactly.

    `prior`: the bits before any comparison, log2 of the odds that two records drawn at random belong together.
    `home`: the same for two of one household, None where that cannot be told from a match.
    `absent`: the bits of a pair in one component that no rule brought together. A key with more records than
    `most_records_a_key` is left out of the blocking.
    """

    columns: tuple[Column, ...]
    attributes: tuple[Learned, ...]
    rules: tuple[LearnedRule, ...]
    prior: float
    home: float | None
    absent: float
    thresholds: Thresholds
    most_records_a_key: int
    training: tuple[Figure, ...]

    @property
    def parents(self) -> list[int | None]:
        """For each attribute the place of the one that it leans on."""
        places = {learned.attribute.name: place for place, learned in enumerate(self.attributes)}
        return [None if learned.leans_on is None else places[learned.leans_on] for learned in self.attributes]
