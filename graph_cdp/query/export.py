"""Everything of one kind, as rows for other programs, in pages of bounded size."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Literal, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import iso
from graph_cdp.normalise import exported
from graph_cdp.policies import Rules
from graph_cdp.resolve import Held, ProfileIds, survivors
from graph_cdp.resolve.traits import trait_values
from graph_cdp.store.port import Reading, StoredEvent

What: TypeAlias = Literal["profiles", "links", "refusals", "events"]
Row: TypeAlias = dict[str, object]


async def profiles(tx: Reading, ids: ProfileIds, rules: Rules) -> AsyncIterator[list[Row]]:
    """Every profile by its anchor: `id`, `identifiers` (keys, sorted) and `traits` (value by name)."""
    async for page in tx.scan_identifiers():
        cluster_by_anchor = {seen.key: seen.cluster for seen in page if seen.profile == seen.key and seen.cluster}
        members: defaultdict[Key, list[Key]] = defaultdict(list)
        for one in await tx.members_of(set(cluster_by_anchor.values())):
            if one.profile in cluster_by_anchor:
                members[one.profile].append(one.key)
        anchor_of = {key: anchor for anchor, keys in members.items() for key in keys}
        held: defaultdict[Key, list[Held]] = defaultdict(list)
        for trait in await tx.traits_of(anchor_of):
            held[anchor_of[trait.key]].append(trait)
        yield [
            {
                "id": ids.of(anchor),
                "identifiers": sorted(members[anchor]),
                "traits": trait_values(survivors(held[anchor], rules.policy)),
            }
            for anchor in cluster_by_anchor
        ]


async def links(tx: Reading) -> AsyncIterator[list[Row]]:
    """Every link, by pair: `a` and `b` are keys, times ISO 8601, `sources` sorted."""
    async for page in tx.scan_links():
        yield [
            {
                "a": link.low,
                "b": link.high,
                "kind": link.kind,
                "count": link.count,
                "first_seen": iso(link.first_seen),
                "last_seen": iso(link.last_seen),
                "sources": list(link.sources),
                "score": link.score,
            }
            for link in page
        ]


async def refusals(tx: Reading) -> AsyncIterator[list[Row]]:
    """Every refusal, by pair."""
    async for page in tx.scan_refusals():
        yield [
            {"a": one.low, "b": one.high, "kind": one.kind, "reason": one.reason, "namespace": one.namespace}
            for one in page
        ]


async def events(tx: Reading, rules: Rules) -> AsyncIterator[list[Row]]:
    """Every event as it can be loaded again: with the same id, time and content."""
    async for page in tx.scan_events():
        yield [_exported(one, rules) for one in page]


async def events_in_columns(tx: Reading, rules: Rules) -> AsyncIterator[list[Row]]:
    """Every event with its heading in columns, and the whole of it, as it can be loaded again, in `event`."""
    async for page in tx.scan_events():
        yield [
            {
                "id": one.id,
                "type": one.type,
                "name": one.name,
                "at": iso(one.at),
                "received_at": iso(one.received_at),
                "source": one.source,
                "channel": one.channel,
                "event": _exported(one, rules),
            }
            for one in page
        ]


def _exported(one: StoredEvent, rules: Rules) -> Row:
    return exported(rules.reader.reread(one.body, id=one.id, at=one.at, received_at=one.received_at))


def rows_of(what: What, tx: Reading, ids: ProfileIds, rules: Rules, *, columns: bool) -> AsyncIterator[list[Row]]:
    """The rows of one kind; `columns` asks for the same keys in each."""
    match what:
        case "profiles":
            return profiles(tx, ids, rules)
        case "links":
            return links(tx)
        case "refusals":
            return refusals(tx)
        case "events":
            return events_in_columns(tx, rules) if columns else events(tx, rules)
