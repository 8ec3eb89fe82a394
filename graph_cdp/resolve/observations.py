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


class Evidence(NamedTuple):
    """What a set of distinct events says: a span by identifier, a link by pair, and the blocked identifiers."""

    spans: dict[Key, Span]
    links: dict[Pair, Link]
    blocked: set[Key]


class Tally:
    """Adds up distinct events, in any order and any number of steps. Every two identifiers named are linked once."""

    def __init__(self) -> None:
        self._spans: dict[Key, list[int]] = {}
        self._pairs: dict[Pair, tuple[list[int], set[str]]] = {}
        self._blocked: set[Key] = set()

    def add(self, events: Iterable[Event]) -> None:
        """Count events in."""
        spans, pairs = self._spans, self._pairs
        for event in events:
            at, keys = event.at, event.keys
            self._blocked.update(event.blocked)
            for key in keys:
                if (span := spans.get(key)) is None:
                    spans[key] = [at, at, 1]
                else:
                    _extend(span, at)
            for a, b in combinations(keys, 2):
                pair = (a, b) if a < b else (b, a)
                if (found := pairs.get(pair)) is None:
                    pairs[pair] = ([at, at, 1], {event.source})
                else:
                    _extend(found[0], at)
                    found[1].add(event.source)

    def evidence(self) -> Evidence:
        """What all events so far say."""
        return Evidence(
            {key: Span(*span) for key, span in self._spans.items()},
            {
                (low, high): Link(low, high, "observed", span[2], span[0], span[1], tuple(sorted(sources)))
                for (low, high), (span, sources) in self._pairs.items()
            },
            self._blocked,
        )


def evidence_of(events: Iterable[Event]) -> Evidence:
    """Add up distinct events."""
    tally = Tally()
    tally.add(events)
    return tally.evidence()


def _extend(span: list[int], at: Millis) -> None:
    if at < span[0]:
        span[0] = at
    if at > span[1]:
        span[1] = at
    span[2] += 1


def owner_of(keys: Iterable[Key], set_aside: Mapping[Key, SetAside]) -> Key | None:
    """Whose event it is: the strongest of its identifiers (given strongest first) that is not set aside."""
    return next((key for key in keys if key not in set_aside), None)


def writes_of(event: Event, owner: Key | None) -> Iterator[Held]:
    """The traits that an event writes, all to its owner alone; none where nobody owns it."""
    if owner is not None:
        for name, value in event.traits.items():
            yield Held(owner, name, Write(event.at, event.id, event.source, value))
