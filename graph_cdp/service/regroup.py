"""Regroup the clusters that new evidence or new decisions touch, and those alone."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from graph_cdp.domain.decision import Decision, in_force, standing
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Pair, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve import Group, Placed, Regrouped, anchor_of, components, is_contested, partition
from graph_cdp.store.port import Writing


class Change(NamedTuple):
    """What happened, and is written already.

    `seen`: locked identifiers as they now are, but for where they belong. `pairs`: links that are new or stronger.
    `groups`: uncontested clusters that these pairs alone make. `shared`: those of `seen` that became shared just now.
    `earlier`: those with an earlier first_seen than before. `rejudged`: those on which decisions, or whose matched
    links, changed.
    """

    seen: Mapping[Key, Seen]
    pairs: Collection[Pair] = ()
    groups: Iterable[Group] = ()
    shared: Collection[Key] = ()
    earlier: Collection[Key] = ()
    rejudged: Collection[Key] = ()


class _Region(NamedTuple):
    """All members of the touched clusters that are not set aside, new ones too, and the decisions between them."""

    members: dict[Key, Seen]
    decisions: list[Decision]


async def regroup(tx: Writing, change: Change, policy: Policy) -> Regrouped:
    """Recompute where the identifiers of a change and all members of their clusters belong, and write it.

    What it gives knows all of `change.seen`.
    """
    judged = await tx.has_decisions()
    settled = {} if judged or change.rejudged else _settled(change)
    rest = _without(change, settled)
    region = await _region(tx, _moving(rest), rest.shared, judged=judged)
    before = {**region.members, **change.seen}
    placed, loose = _placed(rest, region, policy)
    refusals_before, refusals = frozenset[Refusal](), frozenset[Refusal]()
    if loose or change.shared:
        links = await tx.links_among(loose)
        first_seen = {key: before[key].first_seen for key in loose}
        found = partition(first_seen, links, region.decisions, policy)
        # A cluster that was not contested had no refusals.
        contested = [key for key in (*loose, *change.shared) if before[key].contested]
        if contested:
            refusals_before = frozenset(await tx.refusals_of(contested))
        refusals = frozenset(found.refusals)
        # Of a hot cluster nearly all stay as they were.
        lows = {one.low for one in refusals ^ refusals_before}
        await tx.replace_refusals(lows, [one for one in found.refusals if one.low in lows])
        placed.update(found.placed)
    changed = settled | {key: place for key, place in placed.items() if _differs(place, before[key])}
    await tx.place_identifiers(changed.values())
    return Regrouped(before, changed, refusals_before, refusals)


def _settled(change: Change) -> dict[Key, Placed]:
    """Where those belong whose whole cluster is new: the foretold groups of them that nothing else bears upon."""
    new = {key for key, seen in change.seen.items() if seen.cluster is None and seen.set_aside is None}
    new.difference_update(change.shared)
    return {
        key: Placed(key, None, anchor, anchor) for anchor, keys in change.groups if new.issuperset(keys) for key in keys
    }


def _without(change: Change, settled: Container[Key]) -> Change:
    """The change but for settled identifiers and their links, which lead elsewhere to what is set aside alone."""
    seen = {key: one for key, one in change.seen.items() if key not in settled}
    pairs = [(low, high) for low, high in change.pairs if low not in settled and high not in settled]
    return change._replace(seen=seen, pairs=pairs)


def _placed(change: Change, region: _Region, policy: Policy) -> tuple[dict[Key, Placed], list[Key]]:
    """Where the members of touched clusters belong, and those of whom the links among them must tell."""
    members, earlier = region.members, set(change.earlier)
    first_seen = {key: seen.first_seen for key, seen in members.items()}
    placed = {key: Placed(key, "shared", None, None) for key in change.shared}
    left = {change.seen[key].cluster for key in change.shared} - {None}
    judged = {key for one in region.decisions for key in one.pair}.union(change.rejudged)
    loose: list[Key] = []
    for clusters, keys in _parts(region, change.pairs):
        if clusters & left or not judged.isdisjoint(keys) or is_contested(keys, (), policy):
            loose += keys
        elif len(clusters) > 1 or None in clusters or not earlier.isdisjoint(keys):
            anchor = anchor_of(keys, first_seen, policy)
            placed.update([(key, Placed(key, None, anchor, anchor)) for key in keys])
    return placed, loose


def _differs(place: Placed, seen: Seen) -> bool:
    # Of most it is the profile.
    return place.profile != seen.profile or place[1:] != seen[4:]


def _moving(change: Change) -> Mapping[Key, Seen]:
    """The identifiers whose clusters may change: all but those of known, uncontested clusters that stay as they are."""
    node_of = {key: seen.cluster or key for key, seen in change.seen.items()}
    moving = {
        node_of[key]
        for key, seen in change.seen.items()
        if seen.contested or (seen.cluster is None and seen.set_aside is None)
    }
    moving.update(node_of[key] for key in (*change.shared, *change.earlier, *change.rejudged))
    alive = {key for key, seen in change.seen.items() if seen.set_aside is None}
    for low, high in change.pairs:
        if node_of[low] != node_of[high] and low in alive and high in alive:
            moving.update((node_of[low], node_of[high]))
    return {key: seen for key, seen in change.seen.items() if node_of[key] in moving}


async def _region(tx: Writing, moving: Mapping[Key, Seen], shared: Collection[Key], *, judged: bool) -> _Region:
    members = {**await _members(tx, moving), **moving}
    decisions = await _decisions(tx, members) if judged else []
    aside = {key for key, seen in members.items() if seen.set_aside}.union(shared)
    alive = {key: seen for key, seen in members.items() if key not in aside}
    return _Region(alive, [one for one in decisions if one.low in alive and one.high in alive])


async def _members(tx: Writing, seen: Mapping[Key, Seen]) -> dict[Key, Seen]:
    clusters = {one.cluster for one in seen.values() if one.cluster is not None}
    return {one.key: one for one in await tx.members_of(clusters)} if clusters else {}


async def _decisions(tx: Writing, members: dict[Key, Seen]) -> list[Decision]:
    """The standing decisions on members; those of pairs decided same bring the other's cluster in.

    Known clusters hold such partners already, new identifiers bring theirs: so it widens until nothing new comes.
    """
    asked: set[Key] = set()
    stand: dict[Pair, Decision] = {}
    while ask := members.keys() - asked:
        asked |= ask
        stand.update(standing(await tx.decisions_on(ask)))
        partners = {key for one in stand.values() if one.verdict == "same" for key in one.pair} - members.keys()
        if partners:
            locked = await tx.lock(partners)
            members.update((await _members(tx, locked) | locked) | members)
    return in_force(stand.values())


def _parts(region: _Region, pairs: Collection[Pair]) -> Iterator[tuple[set[Key | None], list[Key]]]:
    """The clusters as they would be if nothing came apart: earlier clusters and new identifiers, joined by pairs.

    Gives for each the earlier clusters that it holds, None for a new identifier, and its members.
    """
    members = region.members
    node_of = {key: seen.cluster or key for key, seen in members.items()}
    same = (one.pair for one in region.decisions if one.verdict == "same")
    crossing = (
        (low, high)
        for low, high in ((node_of.get(low), node_of.get(high)) for low, high in chain(pairs, same))
        if low is not None and high is not None and low != high
    )
    held: defaultdict[Key, list[Key]] = defaultdict(list)
    for key, node in node_of.items():
        held[node].append(key)
    for part in components(held, crossing):
        keys = [key for node in part for key in held[node]]
        yield {members[key].cluster for key in keys}, keys
