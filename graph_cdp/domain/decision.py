"""Decisions: a reviewer's judgement on a pair of identifiers. Superseded, never overwritten."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Pair, pair_of
from graph_cdp.domain.times import Millis

Verdict: TypeAlias = Literal["same", "different", "unsure", "withdrawn"]
"""`unsure` says nothing itself; `withdrawn` takes the one before it back, so that what stood earlier stands again."""


class Decision(NamedTuple):
    """One judgement on a pair; `low` < `high`. Only `same` and `different` say something."""

    low: Key
    high: Key
    verdict: Verdict
    at: Millis
    by: str
    reason: str

    @classmethod
    def of(cls, a: Key, b: Key, verdict: Verdict, at: Millis, by: str, reason: str) -> "Decision":
        """A judgement on a pair in its one form."""
        low, high = pair_of(a, b)
        return cls(low, high, verdict, at, by, reason)

    @property
    def id(self) -> str:
        """A name made from the content, so that recording a decision twice records it once."""
        content = "\0".join((self.low, self.high, self.verdict, str(self.at), self.by, self.reason))
        return blake2b(content.encode(), digest_size=10).hexdigest()

    @property
    def pair(self) -> Pair:
        """The two keys, the smaller first."""
        return (self.low, self.high)


def standing(decisions: Iterable[Decision]) -> dict[Pair, Decision]:
    """The decision in force for each pair, whatever the order of arrival: the latest by (at, id).

    One that is `withdrawn` takes back the one that stood before it, and stands itself only where nothing else is left.
    """
    by_pair: dict[Pair, list[Decision]] = {}
    for decision in decisions:
        by_pair.setdefault(decision.pair, []).append(decision)
    return {pair: history[0] if len(history) == 1 else _standing(history) for pair, history in by_pair.items()}


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """Those of the standing decisions that say something."""
    return [one for one in standing(decisions).values() if one.verdict in ("same", "different")]


def _standing(history: Iterable[Decision]) -> Decision:
    """The decision that stands of all on one pair."""
    stood: list[Decision] = []
    for decision in sorted(set(history), key=lambda one: (one.at, one.id)):
        while stood and stood[-1].verdict == "withdrawn":
            stood.pop()
        if decision.verdict == "withdrawn" and stood:
            stood.pop()
        if decision.verdict != "withdrawn" or not stood:
            stood.append(decision)
    return stood[-1]
