"""A profile as it was at an earlier time: the cluster's events up to then, resolved again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from graph_cdp.domain.decision import in_force, standing
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen, SetAside, namespace_of
from graph_cdp.domain.link import Link
from graph_cdp.domain.pages import LinkEnd, PlacedLink
from graph_cdp.domain.times import Millis
from graph_cdp.policies import Rules
from graph_cdp.query.profile import ProfileView, strongest_first
from graph_cdp.resolve import Partition, evidence_of, is_shared, last_writes, owners_of, partition, survivors
from graph_cdp.store.port import Reading, Store, StoredEvent

_ALL = 2**31 - 1


class _Reach(NamedTuple):
    """What an identifier could be one person with at a time, and what was set aside around it."""

    keys: set[Key]
    set_aside: dict[Key, SetAside]


class Past(NamedTuple):
    """A profile as it was at a time; `view` has all its events, `links` are those with an end in it, in no order."""

    view: ProfileView
    links: tuple[PlacedLink, ...]


async def profile_as_of(
    tx: Reading, key: Key, at: Millis, store: Store, rules: Rules, events: int = 20
) -> ProfileView | Seen | None:
    """The profile that an identifier belonged to at a time, by event time, with that time's newest events.

    The identifier itself where it was set aside then; None where no event up to then had named it.
    """
    found = await past_of(tx, key, at, store, rules)
    return found.view._replace(events=found.view.events[:events]) if isinstance(found, Past) else found


async def past_of(tx: Reading, key: Key, at: Millis, store: Store, rules: Rules) -> Past | Seen | None:
    """The profile that an identifier belonged to at a time, by event time, with all that it had then.

    The identifier itself where it was set aside then; None where no event up to then had named it.
    """
    policy = rules.policy
    reach = await _reach(tx, key, at, rules)
    known = await _events_until(tx, reach.keys or {key}, at, rules)
    events = [event for event, _ in known]
    evidence = evidence_of(events)
    if key not in evidence.spans:
        return None
    if key not in reach.keys:
        return Seen(key, *evidence.spans[key], reach.set_aside[key], None, None)
    first_seen = {one: evidence.spans[one].first_seen for one in reach.keys if one in evidence.spans}
    decisions = [one for one in await tx.decisions_on(first_seen) if one.at <= at]
    stand = in_force(decisions)
    # The model counts as part of the policy, which is today's.
    matched = [link for link in await tx.links_among(first_seen) if link.kind == "matched"]
    links = [*evidence.links, *matched]
    found = partition(first_seen, links, stand, policy)
    place = found.placed[key]
    together = [one for one in found.placed.values() if one.profile == place.profile]
    members = strongest_first(
        [Seen(one.key, *evidence.spans[one.key], None, one.cluster, one.profile, one.contested) for one in together],
        policy,
    )
    mine = {one.key for one in members}
    owners = owners_of(events, reach.set_aside)
    journey = [stored._replace(owner=owners[event.id]) for event, stored in known if owners[event.id] in mine]
    journey.sort(key=lambda one: (one.at, one.id), reverse=True)
    writes = last_writes(events, owners)
    view = ProfileView(
        store.ids.of(place.profile or key),
        place.profile or key,
        min(one.first_seen for one in members),
        max(one.last_seen for one in members),
        members,
        survivors((held for held in writes if held.key in mine), policy),
        tuple(journey),
        tuple(sorted(one for one in found.refusals if one.low in mine or one.high in mine)),
        sum(one.cluster == place.cluster for one in found.placed.values()),
    )
    near = [link for link in links if not mine.isdisjoint(link.pair)]
    return Past(view, _placed(near, found, reach.set_aside))


def _placed(links: Iterable[Link], found: Partition, set_aside: Mapping[Key, SetAside]) -> tuple[PlacedLink, ...]:
    refusal_by_link = {(refusal.pair, refusal.kind): refusal for refusal in found.refusals}

    def end(key: Key) -> LinkEnd:
        place = found.placed.get(key)
        return LinkEnd(key, place and place.profile, set_aside.get(key))

    def placed(link: Link) -> PlacedLink:
        low, high, refusal = end(link.low), end(link.high), refusal_by_link.get((link.pair, link.kind))
        if refusal is not None:
            return PlacedLink(link, low, high, refusal.reason, refusal.namespace)
        return PlacedLink(link, low, high, low.set_aside or high.set_aside, None)

    return tuple([placed(link) for link in links])


async def _reach(tx: Reading, key: Key, at: Millis, rules: Rules) -> _Reach:
    """Follow links and pairs decided same whose ends were there by then, past nothing that was set aside then."""
    reach = _Reach(set(), {})
    ask: set[Key] = {key}
    while ask:
        linked = await tx.links_of(ask, _ALL)
        links = [link for link in linked if link.kind == "observed" and link.first_seen <= at]
        aside = await _set_aside(tx, ask, links, rules)
        reach.set_aside.update(aside)
        alive = ask - aside.keys()
        reach.keys.update(alive)
        near = {other for link in links for other in link.pair if alive.intersection(link.pair)}
        decided = standing(one for one in await tx.decisions_on(alive) if one.at <= at)
        judged = [one.pair for one in decided.values() if one.verdict == "same"]
        judged += [link.pair for link in linked if link.kind == "matched" and alive.intersection(link.pair)]
        known = await tx.identifiers({other for pair in judged for other in pair} - near)
        near.update(other for other, seen in known.items() if seen.first_seen <= at)
        ask = near - reach.keys - reach.set_aside.keys()
    return reach


async def _set_aside(tx: Reading, keys: Collection[Key], links: list[Link], rules: Rules) -> dict[Key, SetAside]:
    """Which of the identifiers were set aside, given all their links of that time."""
    near = await tx.identifiers({*keys, *(key for link in links for key in link.pair)})
    blocked = {key for key, seen in near.items() if seen.set_aside == "blocked"}
    linked: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for link in links:
        for key, other in (link.pair, link.pair[::-1]):
            if other not in blocked:
                linked[key][namespace_of(other)] += 1
    return {
        key: "blocked" if key in blocked else "shared"
        for key in keys
        if key in blocked or is_shared(key, linked[key], rules.policy)
    }


async def _events_until(
    tx: Reading, keys: Collection[Key], at: Millis, rules: Rules
) -> list[tuple[Event, StoredEvent]]:
    return [
        (rules.reader.reread(one.body, id=one.id, at=one.at, received_at=one.received_at), one)
        async for page in tx.events_naming(keys)
        for one in page
        if one.at <= at
    ]
