"""Makes a shop's accounts with planted fraud, and with families, firms and shared flats that look like it.

Nothing here is told to the rules: they see the events, and the truth is kept apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from graph_cdp.demo.chance import dice
from graph_cdp.demo.faults import Row
from graph_cdp.demo.fraud_look_alikes import Honest
from graph_cdp.demo.fraud_schemes import SCHEMES, Scheme
from graph_cdp.demo.fraud_shop import Shop
from graph_cdp.demo.population import populate
from graph_cdp.demo.words import read_words
from graph_cdp.domain.identifier import Key


@dataclass(frozen=True, slots=True)
class FraudData:
    """Events by time, and what is behind them.

    `schemes`: the identifiers that each planted scheme brought or misused, by its name (`ring-2`). `look_alikes`: how
    many families, firms and the like there are, by kind.
    """

    events: list[Row]
    schemes: Mapping[str, frozenset[Key]]
    look_alikes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FraudScore:
    """How findings agree with the truth; ratios from 0 to 1, and 1 where there is nothing to judge.

    A finding is right if it is about an identifier of a scheme; a scheme is found if some finding is about one of it.
    """

    findings: int
    right: int
    schemes: int
    found: int
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        """The share of the findings that are right."""
        return self.right / self.findings if self.findings else 1.0

    @property
    def recall(self) -> float:
        """The share of the schemes that were found."""
        return self.found / self.schemes if self.schemes else 1.0


def make_fraud(*, persons: int = 400, seed: int = 7, each: int = 3) -> FraudData:
    """Make the events of `persons` made-up persons and of `each` schemes of every kind. Same arguments, same data."""
    words = read_words()
    population = populate(persons, words, dice(seed, "fraud/population"))
    shop = Shop(words, dice(seed, "fraud/shop"))
    honest = Honest(shop, population, dice(seed, "fraud/honest"))
    honest.live()
    schemes = dict[str, frozenset[Key]]()
    for kind, scheme in SCHEMES.items():
        for number in range(1, each + 1):
            name = f"{kind}-{number}"
            planted = Scheme(shop, honest.accounts, dice(seed, f"fraud/{name}"))
            scheme(planted)
            schemes[name] = frozenset(planted.keys)
    shop.events.sort(key=lambda event: (event["timestamp"], event["messageId"]))
    return FraudData(shop.events, schemes, dict(honest.look_alikes))


def fraud_policy_text() -> str:
    """The policy that the data are made for, as TOML."""
    return files("graph_cdp.demo").joinpath("fraud.toml").read_text(encoding="utf-8")


def fraud_score(about: Sequence[tuple[Key, ...]], schemes: Mapping[str, frozenset[Key]]) -> FraudScore:
    """Judge findings, given by what they are about."""
    of_schemes = frozenset[Key]().union(*schemes.values())
    told = {key for keys in about for key in keys}
    missed = tuple(name for name, keys in schemes.items() if keys.isdisjoint(told))
    right = sum(not of_schemes.isdisjoint(keys) for keys in about)
    return FraudScore(len(about), right, len(schemes), len(schemes) - len(missed), missed)
