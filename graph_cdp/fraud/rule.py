"""What a rule is, how the policy sets it, and what rules share."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp2
from typing import Final, Generic, NamedTuple, TypeVar

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Evidence, Finding, Reason
from graph_cdp.domain.times import Millis
from graph_cdp.fraud.view import View
from graph_cdp.review.findings import STAKE

HOUR: Final[Millis] = 3_600_000
DAY: Final[Millis] = 24 * HOUR

MOST_KEYS: Final = 50
"""The most identifiers that one piece of evidence names."""

S = TypeVar("S")


class Setting(NamedTuple):
    """A rule's numbers and lists by name, as they are in force."""

    numbers: Mapping[str, int]
    lists: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """A named sign of fraud about a subject: a hub, a group of profiles, or a profile.

    `numbers` are its settings with their defaults, `lists` those that are lists of text. `find` gives a finding where
    there is one. `namespaces` tells which identifiers it looks at where the policy does not.
    """

    name: str
    words: str
    numbers: Mapping[str, int]
    find: Callable[[S, View, Setting], Finding | None]
    lists: tuple[str, ...] = ()
    namespaces: Callable[[Policy], frozenset[str]] | None = field(default=None)


def setting_of(rule: Rule[S], policy: Policy) -> Setting | None:
    """How a policy sets a rule; None: it is switched off."""
    given = policy.fraud.get(rule.name)
    if given is None:
        return Setting(rule.numbers, {})
    return Setting({**rule.numbers, **given.numbers}, given.lists) if given.enabled else None


def grade(number: float, bound: float) -> float:
    """How much a number says that reaches its bound: from 0.5 up, at each further bound half of what lacks to 1."""
    return 1.0 - exp2(-number / bound)


def finding(
    rule: str, key: Key, score: float, stake: int, reasons: Sequence[Reason], facts: Sequence[Evidence]
) -> Finding:
    """A finding about one identifier. Named by that alone, it stays the same one while it grows.

    `stake`: how many profiles a judgement concerns.
    """
    return Finding("fraud", rule, (key,), round(score, 4), tuple(reasons), (*facts, Evidence(STAKE, stake)))


def evidence(what: str, figure: float, keys: Iterable[Key] = ()) -> Evidence:
    """A measured fact, with as many of the identifiers as one may name."""
    return Evidence(what, figure, tuple(keys)[:MOST_KEYS])


def most_within(times: Collection[Millis], span: Millis) -> int:
    """How many distinct moments lie within the densest stretch of a length.

    What happened at one and the same millisecond is one file's doing, and says nothing of pace.
    """
    moments = sorted(set(times))
    return max((bisect_right(moments, start + span) - place for place, start in enumerate(moments)), default=0)
