"""Recompute everything from the observations: `rebuild` writes it, `verify` compares it with the live state."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from graph_cdp.domain.decision import Decision, in_force
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key
from graph_cdp.policies import Rules
from graph_cdp.resolve import Evidence, Held, Placed, Regrouped, Tally, last_writes, latest, owners_of
from graph_cdp.resolve.whole import Computed, compute
from graph_cdp.service.announce import announce
from graph_cdp.service.matching import Columns, Matches, matcher_of, matches_of, records_among, write_matches
from graph_cdp.service.review.verify import verify_items
from graph_cdp.store.port import Reading, Writing

T = TypeVar("T")

_CHUNK = 10_000
_SHOWN = 100


class Difference(NamedTuple):
    """One place where the live state is not what the observations give; None where one side has nothing."""

    what: str
    where: str
    live: object
    expected: object


class Verified(NamedTuple):
    """How much was compared, how many differences were found, and the first of them."""

    events: int
    identifiers: int
    links: int
    differences: int
    shown: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the live state is exactly what the observations give."""
        return self.differences == 0


async def rebuild(tx: Writing, rules: Rules) -> Computed:
    """Write everything computed anew, in one transaction. Nobody else may write meanwhile.

    Every profile counts as touched: under another policy each may show other traits.
    """
    computed, matches = await _computed(tx, rules)
    regrouped = await _regrouped(tx, computed)
    await tx.clear_computed()
    for chunk in _chunks(sorted(computed.seen)):
        await tx.lock(chunk)
        await tx.put_identifiers([computed.seen[key] for key in chunk])
    for keys in _chunks(sorted(computed.seen)):
        await tx.place_identifiers([computed.placed(key) for key in keys])
    for links in _chunks(computed.links.values()):
        await tx.add_links(links)
    for links in _chunks(computed.matched.values()):
        await tx.put_matched(links)
    await write_matches(tx, matches)
    await tx.replace_refusals((), computed.refusals)
    set_aside = computed.set_aside
    async for events in events_in(tx, rules):
        owners = owners_of(events, set_aside)
        await tx.name_events(events, owners)
        await tx.write_traits(last_writes(events, owners))
    await announce(tx, regrouped.before, regrouped)
    return computed


async def verify(tx: Reading, rules: Rules) -> Verified:
    """Rebuild beside the live state and compare; writes nothing."""
    computed, matches = await _computed(tx, rules)
    found = _Differences()
    await _compare_identifiers(tx, computed, found)
    await _compare_links(tx, computed, found)
    await _compare_matches(tx, matches, found)
    events = await _compare_names_and_traits(tx, computed, rules, found)
    await verify_items(tx, rules.policy, found.compare)
    links = len(computed.links) + len(computed.matched)
    return Verified(events, len(computed.seen), links, found.count, tuple(found.shown))


async def _regrouped(tx: Reading, computed: Computed) -> Regrouped:
    """Where identifiers and refusals are, and where they will be."""
    known = {seen.key: seen async for page in tx.scan_identifiers() for seen in page}
    missing = {
        key: seen._replace(cluster=None, profile=None) for key, seen in computed.seen.items() if key not in known
    }
    before = known | missing
    after = {key: computed.placed(key) if key in computed.seen else Placed(key, None, None, None) for key in before}
    placed = {key: place for key, place in after.items() if place.profile != before[key].profile}
    refusals = frozenset([refusal async for page in tx.scan_refusals() for refusal in page])
    return Regrouped(before, placed, refusals, frozenset(computed.refusals))


class _Differences:
    """Counts differences and keeps the first ones."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[Difference] = []

    def compare(self, what: str, where: object, live: object, expected: object) -> None:
        if live != expected:
            self.count += 1
            if len(self.shown) < _SHOWN:
                self.shown.append(Difference(what, str(where), live, expected))

    def compare_all(self, what: str, live: Mapping[T, object], expected: Mapping[T, object]) -> None:
        for where in live.keys() | expected.keys() if live != expected else ():
            self.compare(what, where, live.get(where), expected.get(where))


async def _compare_identifiers(tx: Reading, computed: Computed, found: _Differences) -> None:
    met = set[Key]()
    async for page in tx.scan_identifiers():
        for seen in page:
            met.add(seen.key)
            found.compare("identifier", seen.key, seen, computed.seen.get(seen.key))
    for key in computed.seen.keys() - met:
        found.compare("identifier", key, None, computed.seen[key])


async def _compare_links(tx: Reading, computed: Computed, found: _Differences) -> None:
    expected = {(link.pair, link.kind): link for links in (computed.links, computed.matched) for link in links.values()}
    async for page in tx.scan_links():
        for link in page:
            found.compare("link", " – ".join(link.pair), link, expected.pop((link.pair, link.kind), None))
    for link in expected.values():
        found.compare("link", " – ".join(link.pair), None, link)
    live = {(refusal.pair, refusal.kind): refusal async for page in tx.scan_refusals() for refusal in page}
    found.compare_all("refusal", live, {(refusal.pair, refusal.kind): refusal for refusal in computed.refusals})


async def _compare_matches(tx: Reading, matches: Matches, found: _Differences) -> None:
    records = {record.key: record async for page in tx.scan_records() for record in page}
    found.compare_all("record", records, matches.records)
    candidates = {one.pair: one async for page in tx.scan_candidates() for one in page}
    found.compare_all("candidate", candidates, matches.candidates)


async def _compare_names_and_traits(tx: Reading, computed: Computed, rules: Rules, found: _Differences) -> int:
    """Compare who owns and who is named, by event, and the last writes; gives the number of events."""
    named: dict[str, int] = {}
    async for page in tx.scan_names():
        for name in page:
            # A sum of hashes tells sets apart whatever their order, in little memory.
            named[name.event] = named.get(name.event, 0) + hash((name.key, name.owns))
    set_aside = computed.set_aside
    writes: dict[tuple[Key, str], Held] = {}
    count = 0
    async for events in events_in(tx, rules):
        count += len(events)
        owners = owners_of(events, set_aside)
        for event in events:
            expected = sum(hash((key, key == owners[event.id])) for key in event.keys)
            found.compare("names of event", event.id, named.pop(event.id, 0), expected)
        writes = latest([*writes.values(), *last_writes(events, owners)])
    for event_id, live in named.items():
        found.compare("names of event", event_id, live, 0)
    traits = {(held.key, held.name): held async for page in tx.scan_traits() for held in page}
    found.compare_all("trait", traits, writes)
    return count


async def _computed(tx: Reading, rules: Rules) -> tuple[Computed, Matches]:
    tally = Tally()
    async for events in events_in(tx, rules):
        tally.add(events)
    evidence, decisions = tally.evidence(), await tx.decisions()
    matches = await matches_in(tx, evidence, decisions, rules)
    return compute(evidence, decisions, rules.policy, matches.links.values()), matches


async def matches_in(tx: Reading, evidence: Evidence, decisions: Iterable[Decision], rules: Rules) -> Matches:
    """What the model in force says; without one, the matched links that are there stand."""
    policy = rules.policy
    if policy.model is None:
        links = {link.pair: link async for page in tx.scan_links() for link in page if link.kind == "matched"}
        return Matches({}, {}, links)
    # What is set aside depends on no match.
    set_aside = compute(evidence, (), policy).set_aside
    writes: dict[tuple[Key, str], Held] = {}
    async for events in events_in(tx, rules):
        writes = latest([*writes.values(), *last_writes(events, owners_of(events, set_aside))])
    matcher = matcher_of(policy.model)
    columns = Columns.of(policy, policy.model.namespaces, matcher.columns)
    fields = records_among(evidence.spans.keys() - set_aside.keys(), writes.values(), evidence, columns)
    return matches_of(fields, in_force(decisions), policy.model, matcher)


async def events_in(tx: Reading, rules: Rules) -> AsyncIterator[list[Event]]:
    """Every event of a store as the rules read it, in pages of bounded size."""
    async for page in tx.scan_events():
        yield [rules.reader.reread(one.body, id=one.id, at=one.at, received_at=one.received_at) for one in page]


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
