"""From events to evidence: commutative aggregates, so that order, batching and repeats do not matter."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, SetAside, Write
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.times import Millis
from graph_cdp.resolve.traits import Held


class Span(NamedTuple):
    """How often and when: the aggregate of the events that named an identifier."""

    first_seen: Millis
    last_seen: Millis
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here

    def plus(self, other: "Span") -> "Span":
        """Both together."""
        return Span(
            min(self.first_seen, other.first_seen),
            max(self.last_seen, other.last_seen),
            self.count + other.count,
        )


class Evidence(NamedTuple):
    """What a set of distinct events says: a span by identifier, a link by pair, and the blocked identifiers."""

    spans: dict[Key, Span]
    links: dict[Pair, Link]
    blocked: set[Key]


def evidence_of(events: Iterable[Event]) -> Evidence:
    """Aggregate distinct events. Every two identifiers that an event names are linked once by it."""
    spans: dict[Key, list[int]] = {}
    pairs: dict[Pair, list[object]] = {}
    blocked: set[Key] = set()
    for event in events:
        at, source, keys = event.at, event.source, event.keys
        blocked.update(event.blocked)
        for key in keys:
            span = spans.get(key)
            if span is None:
                spans[key] = [at, at, 1]
            else:
                _extend(span, at)
        for a, b in combinations(keys, 2):
            pair = (a, b) if a < b else (b, a)
            known = pairs.get(pair)
            if known is None:
                pairs[pair] = [at, at, 1, {source}]
            else:
                _extend(known, at)
                known[3].add(source)  # type: ignore[attr-defined]
    return Evidence(
        {key: Span(*span) for key, span in spans.items()},
        {pair: _observed(pair, found) for pair, found in pairs.items()},
        blocked,
    )


def _extend(span: list, at: Millis) -> None:  # type: ignore[type-arg]
    if at < span[0]:
        span[0] = at
    if at > span[1]:
        span[1] = at
    span[2] += 1


def _observed(pair: Pair, found: list) -> Link:  # type: ignore[type-arg]
    first_seen, last_seen, count, sources = found
    return Link(*pair, "observed", count, first_seen, last_seen, tuple(sorted(sources)))


def owner_of(keys: Iterable[Key], set_aside: Mapping[Key, SetAside]) -> Key | None:
    """Whose event it is: the strongest of its identifiers (given strongest first) that is not set aside."""
    return next((key for key in keys if key not in set_aside), None)


def writes_of(event: Event, owner: Key | None) -> Iterator[Held]:
    """The traits that an event writes, all to its owner alone; none where nobody owns it."""
    if owner is not None:
        for name, value in event.traits.items():
            yield Held(owner, name, Write(event.at, event.id, event.source, value))
