"""Links: the aggregated evidence between two identifiers."""

from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis

LinkKind: TypeAlias = Literal["observed", "matched", "manual"]
Reason: TypeAlias = Literal["limit", "decided"]
Pair: TypeAlias = tuple[Key, Key]
"""Two distinct keys, the smaller first; `pair_of` sees to it."""


def pair_of(a: Key, b: Key) -> Pair:
    """The one form of a pair of distinct keys."""
    return (a, b) if a < b else (b, a)


class Link(NamedTuple):
    """The evidence between two identifiers, `low` < `high` by key.

    `count` events named both; `sources` are sorted and distinct. `score` (0 to 1) is a matched link's, else None.
    A manual link is a pair decided same: `first_seen` is the time of the decision. A matched link is what a model
    says of two records: `sources` is the model's id alone, `count` 1, and both times are that of its adoption.
    """

    low: Key
    high: Key
    kind: LinkKind
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    first_seen: Millis
    last_seen: Millis
    sources: tuple[str, ...]
    score: float | None = None

    @property
    def pair(self) -> Pair:
        """The two keys, the smaller first."""
        return (self.low, self.high)


class Refusal(NamedTuple):
    """A link that did not join two groups: `limit` with the namespace that would have been exceeded, or `decided`."""

    low: Key
    high: Key
    kind: LinkKind
    reason: Reason
    namespace: str | None

    @property
    def pair(self) -> Pair:
        """The two keys, the smaller first."""
        return (self.low, self.high)
