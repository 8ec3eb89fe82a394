"""Decisions: a reviewer's judgement on a pair of identifiers. Superseded, never overwritten."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Pair, pair_of
from graph_cdp.domain.times import Millis

Verdict: TypeAlias = Literal["same", "different", "unsure"]


class Decision(NamedTuple):
    """One judgement on a pair; `low` < `high`. `unsure` takes an earlier verdict back and says nothing itself."""

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
    """The decision in force for each pair: the latest by (at, id), whatever the order of arrival."""
    latest: dict[Pair, Decision] = {}
    for decision in decisions:
        known = latest.get(decision.pair)
        if known is None or (decision.at, decision.id) > (known.at, known.id):
            latest[decision.pair] = decision
    return latest
