"""From events to evidence: commutative aggregates, so that order, batching and repeats do not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, compress
from typing import NamedTuple

from graph_cdp.domain.columnar import Columnar
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
    """What a set of distinct events says: a span by identifier, a link for each pair, and the blocked identifiers."""

    spans: dict[Key, Span]
    links: Sequence[Link]
    blocked: set[Key]


class Tally:
    """Adds up distinct events, in any order and any number of steps. Every two identifiers named are linked once."""

    def __init__(self) -> None:
        self._spans: dict[Key, Span] = {}
        self._links: dict[Pair, Link] = {}
        self._blocked: set[Key] = set()

    def add(self, events: Iterable[Event]) -> None:
        """Count events in."""
        times: defaultdict[Key, list[Millis]] = defaultdict(list)
        told: defaultdict[Pair, list[tuple[Millis, str]]] = defaultdict(list)
        columns = Columnar.of(Event, events)
        self._blocked.update(chain.from_iterable(columns.column("blocked")))
        for at, source, keys in zip(*map(columns.column, ("at", "source", "keys")), strict=True):
            for key in keys:
                times[key].append(at)
            if len(keys) > 1:
                when = (at, source)
                for a, b in combinations(keys, 2):
                    told[(a, b) if a < b else (b, a)].append(when)
        self._widen(times, told)

    def evidence(self) -> Evidence:
        """What all events so far say."""
        return Evidence(self._spans, [*self._links.values()], self._blocked)

    def _widen(self, times: Mapping[Key, list[Millis]], told: Mapping[Pair, list[tuple[Millis, str]]]) -> None:
        spans, links = self._spans, self._links
        for key, ats in times.items():
            # Most are named once in a batch.
            span = Span(ats[0], ats[0], 1) if len(ats) == 1 else Span(min(ats), max(ats), len(ats))
            spans[key] = _span_of(spans[key], span) if key in spans else span
        for pair, whens in told.items():
            link = _observed(pair, whens)
            links[pair] = _link_of(links[pair], link) if pair in links else link


def _observed(pair: Pair, whens: list[tuple[Millis, str]]) -> Link:
    (low, high), (first_seen, source) = pair, whens[0]
    if len(whens) == 1:
        return Link(low, high, "observed", 1, first_seen, first_seen, (source,))
    (first_seen, _), (last_seen, _), sources = min(whens), max(whens), {source for _, source in whens}
    return Link(low, high, "observed", len(whens), first_seen, last_seen, tuple(sorted(sources)))


def _span_of(one: Span, other: Span) -> Span:
    return Span(min(one.first_seen, other.first_seen), max(one.last_seen, other.last_seen), one.count + other.count)


def _link_of(one: Link, other: Link) -> Link:
    return Link(
        *one.pair,
        "observed",
        one.count + other.count,
        min(one.first_seen, other.first_seen),
        max(one.last_seen, other.last_seen),
        tuple(sorted({*one.sources, *other.sources})),
    )


def evidence_of(events: Iterable[Event]) -> Evidence:
    """Add up distinct events."""
    tally = Tally()
    tally.add(events)
    return tally.evidence()


def owner_of(keys: Iterable[Key], set_aside: Mapping[Key, SetAside]) -> Key | None:
    """Whose event it is: the strongest of its identifiers (given strongest first) that is not set aside."""
    for key in keys:
        if key not in set_aside:
            return key
    return None


def owners_of(events: Iterable[Event], set_aside: Mapping[Key, SetAside]) -> dict[str, Key | None]:
    """Whose each event is, by its id."""
    columns = Columnar.of(Event, events)
    # Of most it is the first one named.
    return {
        id_: keys[0] if keys and keys[0] not in set_aside else owner_of(keys, set_aside)
        for id_, keys in zip(columns.column("id"), columns.column("keys"), strict=True)
    }


def last_writes(events: Iterable[Event], owners: Mapping[str, Key | None]) -> list[Held]:
    """The last write of each trait at each identifier, by (at, id) of the events.

    An event writes its traits to its owner alone (`owners` by event id), and none where nobody owns it.
    """
    columns = Columnar.of(Event, events)
    told = zip(*map(columns.column, ("at", "id", "source", "traits")), strict=True)
    last: dict[tuple[Key, str], Write] = {}
    for at, event, source, written in sorted(compress(told, columns.column("traits"))):
        owner = owners[event]
        if owner is not None:
            for name, value in written.items():
                last[owner, name] = Write(at, event, source, value)
    return [Held(key, name, write) for (key, name), write in last.items()]
