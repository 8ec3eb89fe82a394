"""Take events in: store them, add up their evidence, and regroup what they touch."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen, SetAside, namespace_of
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules
from graph_cdp.resolve import (
    Evidence,
    Regrouped,
    Told,
    is_shared,
    last_writes,
    linked_by_namespace,
    owners_of,
    told_by,
)
from graph_cdp.service.announce import Announced, announce, share_of
from graph_cdp.service.matching import relink
from graph_cdp.service.regroup import Change, regroup
from graph_cdp.service.sift import Conflict, Sifted, sift
from graph_cdp.store.port import Owned, Writing


class Ingested(NamedTuple):
    """What became of a batch: counts of events, and those whose id was taken.

    `together` is what it and the batches committed with it did to profiles. `share_of_it` finds its own share when
    asked, as most never ask.
    """

    accepted: int
    duplicates: int
    conflicts: tuple[Conflict, ...]
    together: Announced
    share_of_it: Callable[[], Announced]

    @property
    def announced(self) -> Announced:
        """What it did to profiles."""
        return self.share_of_it()

    @property
    def touched(self) -> tuple[str, ...]:
        """The ids of the profiles that it touched, those that are gone too."""
        return self.announced.touched

    @property
    def changes(self) -> tuple[IdentityChange, ...]:
        """What became of profiles."""
        return self.announced.changes


NOTHING: Final = Ingested(0, 0, (), Announced(), Announced)
"""What became of no events."""


async def ingest(tx: Writing, events: Sequence[Event], rules: Rules, told: Told | None = None) -> Ingested:
    """Store events, each id once, and bring everything computed up to date. Safe to run again.

    An event whose id is stored with other content is a conflict: the accepted one stays. `told` may be given where
    it is at hand: by all the events, whose ids are then distinct.
    """
    (ingested,) = await ingest_each(tx, [events], rules, told)
    return ingested


async def ingest_each(
    tx: Writing,
    batches: Sequence[Sequence[Event]],
    rules: Rules,
    told: Told | None = None,
    left_out: Set[str] = frozenset(),
) -> list[Ingested]:
    """Take several batches in, as `ingest` does one; each is told what became of its own events.

    Of events with one id, within a batch or across them, the first counts. They are announced together. `told` may be
    given where it is at hand: by those first ones, but for the ids that are `left_out`. It is used where just these
    turn out to be stored.
    """
    columns = [Columnar.of(Event, events) for events in batches]
    event_ids = {id_ for events in columns for id_ in events.column("id")}
    digest_by_id = await tx.stored_events(event_ids)
    is_told = told is not None and digest_by_id.keys() == left_out
    if not digest_by_id and len(event_ids) == sum(map(len, columns)):
        sifted = [Sifted(events, 0, ()) for events in columns]
    else:
        sifted = [sift(events, digest_by_id) for events in columns]
    fresh = Columnar.joined(Event, [one.events for one in sifted])
    announced, regrouped = Announced(), Regrouped({}, {}, frozenset(), frozenset())
    if fresh:
        told = told if told and is_told else told_by(fresh, rules.policy)
        regrouped, owners = await _add(tx, fresh, told, rules)
        announced = await announce(tx, owners | told.evidence.spans.keys(), regrouped)
    alone, ids = len(batches) == 1, tx.ids

    def share(events: Iterable[Event]) -> Announced:
        if alone:
            return announced
        return share_of(announced, {key for event in events for key in event.keys}, regrouped, ids)

    return [
        Ingested(len(one.events), one.duplicates, one.conflicts, announced, partial(share, one.events))
        for one in sifted
    ]


async def _add(tx: Writing, events: Sequence[Event], told: Told, rules: Rules) -> tuple[Regrouped, set[Key]]:
    """Write events; gives what changed place, and the identifiers that got something from others' evidence."""
    evidence, groups, crowded = told
    known = await tx.lock(evidence.spans)
    links = Columnar.of(Link, evidence.links)
    pairs = [*zip(links.column("low"), links.column("high"), strict=True)]
    seen = _seen(known, evidence)
    await tx.put_identifiers(seen.values())
    await tx.add_links(links)
    shared = await _newly_shared(tx, known, seen, pairs, crowded, rules.policy)
    new_owners = await _disown(tx, {key for key in shared if key in known}, rules)
    set_aside: dict[Key, SetAside] = {key: one.set_aside for key, one in seen.items() if one.set_aside}
    set_aside.update(dict.fromkeys(shared, "shared"))
    events = Columnar.of(Event, events)
    owners = owners_of(events, set_aside)
    await tx.append_events(events)
    await tx.name_events(events, owners)
    await _write_traits(tx, events, owners)
    earlier = [key for key, one in known.items() if seen[key].first_seen < one.first_seen]
    relinked = await relink(tx, chain(seen, new_owners), rules.policy, shared)
    change = Change(relinked | seen if relinked else seen, pairs, groups, shared, earlier, relinked)
    return await regroup(tx, change, rules.policy), new_owners.union(relinked)


def _seen(known: Mapping[Key, Seen], evidence: Evidence) -> dict[Key, Seen]:
    """The identifiers that the events name, as they now are, but for where they belong."""
    now: dict[Key, Seen] = {}
    for key, span in evidence.spans.items():
        before = known.get(key)
        if before is None:
            first_seen, last_seen, count = span
            now[key] = Seen(
                key, first_seen, last_seen, count, "blocked" if key in evidence.blocked else None, None, None
            )
        else:
            _, first_seen, last_seen, count, set_aside, cluster, profile, contested = before
            now[key] = Seen(
                key,
                min(first_seen, span.first_seen),
                max(last_seen, span.last_seen),
                count + span.count,
                set_aside,
                cluster,
                profile,
                contested,
            )
    return now


async def _newly_shared(
    tx: Writing,
    known: Collection[Key],
    seen: Mapping[Key, Seen],
    pairs: Iterable[Pair],
    crowded: Iterable[Key],
    policy: Policy,
) -> set[Key]:
    """The identifiers that the new links made shared. What is set aside stays so."""
    above = policy.shared_above_by_name
    if not above:
        return set()
    # All links of an identifier that is new are among the pairs; the store is asked for the others.
    asked = [key for key in known if namespace_of(key) in above and seen[key].set_aside is None]
    new = [key for key in crowded if key not in known and namespace_of(key) in above and seen[key].set_aside is None]
    linked = await tx.linked_by_namespace(asked, min(above.values()))
    if new:
        blocked = {key for key, one in seen.items() if one.set_aside == "blocked"}
        linked |= linked_by_namespace(pairs, new, blocked)
    return {key for key, counts in linked.items() if is_shared(key, counts, policy)}


async def _disown(tx: Writing, newly_shared: Collection[Key], rules: Rules) -> set[Key]:
    """Pass the events that shared identifiers owned to the next strongest that they name, traits and all.

    Gives the identifiers that got some.
    """
    new_owners = set[Key]()
    if not newly_shared:
        return new_owners
    await tx.drop_traits(newly_shared)
    async for page in tx.owned_events(newly_shared):
        events = [rules.reader.reread(one.body, id=one.id, at=one.at, received_at=one.received_at) for one in page]
        named = await tx.identifiers({key for event in events for key in event.keys})
        set_aside: dict[Key, SetAside] = {key: seen.set_aside for key, seen in named.items() if seen.set_aside}
        set_aside.update(dict.fromkeys(newly_shared, "shared"))
        owners = owners_of(events, set_aside)
        new_owners.update(owner for owner in owners.values() if owner is not None)
        await tx.pass_events([Owned(one.id, one.owner, owners[one.id]) for one in page if one.owner is not None])
        await _write_traits(tx, events, owners)
    return new_owners


async def _write_traits(tx: Writing, events: Iterable[Event], owners: Mapping[str, Key | None]) -> None:
    if last := last_writes(events, owners):
        await tx.write_traits(last)
