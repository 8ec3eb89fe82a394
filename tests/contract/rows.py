"""Rows for the contract of the stores, with what does not matter in a test filled in."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from hashlib import blake2b
from typing import TypeVar

import orjson

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen, SetAside, Write
from graph_cdp.domain.link import Link, pair_of
from graph_cdp.domain.pages import JourneyFilter
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import Held, Placed
from graph_cdp.store.port import Reading, Store, StoredEvent, Writing

T = TypeVar("T")

NOON: Millis = 1_767_268_800_000


def seen(key: Key, first: int = 0, last: int = 0, count: int = 1, set_aside: SetAside | None = None) -> Seen:
    """Times in milliseconds after noon."""
    return Seen(key, NOON + first, NOON + last, count, set_aside, None, None)


def event(
    event_id: str, *keys: Key, at: int = 0, name: str | None = None, source: str = "web", channel: str | None = None
) -> Event:
    body = orjson.dumps({"event": name, "said": event_id})
    digest = blake2b(body, digest_size=16).digest()
    return Event(event_id, "track", name, NOON + at, NOON + at + 5, source, channel, keys, (), {}, (), body, digest)


def stored(one: Event, owner: Key | None = None) -> StoredEvent:
    """The event as a store gives it."""
    return StoredEvent(one.id, one.at, one.received_at, one.type, one.name, one.source, one.channel, one.body, owner)


def link(a: Key, b: Key, count: int = 1, first: int = 0, last: int = 0, *sources: str) -> Link:
    return Link(*pair_of(a, b), "observed", count, NOON + first, NOON + last, sources or ("web",))


def held(key: Key, name: str, value: object, at: int = 0, event_id: str = "m1", source: str = "web") -> Held:
    return Held(key, name, Write(NOON + at, event_id, source, value))


def decision(a: Key, b: Key, verdict: str = "same", at: int = 0) -> Decision:
    return Decision.of(a, b, verdict, NOON + at, "ann", "asked them")  # type: ignore[arg-type]


async def journey_of(
    tx: Reading, keys: Collection[Key], limit: int = 99, before: tuple[Millis, str] | None = None
) -> list[StoredEvent]:
    """The events that identifiers own, whatever they are."""
    (found,) = await tx.journeys([keys], JourneyFilter(), limit, before)
    return found


async def put(store: Store, *rows: Seen | Key) -> None:
    """Write identifiers; a key alone stands for one that was seen once."""
    known = [row if isinstance(row, Seen) else seen(row) for row in rows]

    async def work(tx: Writing) -> None:
        await tx.lock([row.key for row in known])
        await tx.put_identifiers(known)

    await store.write(work)


async def place(store: Store, anchor_by_key: Mapping[Key, Key]) -> None:
    """Put identifiers into profiles that are clusters by themselves."""

    async def work(tx: Writing) -> None:
        await tx.lock(anchor_by_key)
        await tx.place_identifiers([Placed(key, None, anchor, anchor) for key, anchor in anchor_by_key.items()])

    await store.write(work)


async def put_events(store: Store, events: Collection[Event], owners: Mapping[str, Key | None] | None = None) -> None:
    """Store events with the identifiers they name; the first of an event's identifiers owns it unless told."""
    given = owners or {}
    keys = {key for one in events for key in one.keys}

    async def work(tx: Writing) -> None:
        known = await tx.lock(keys)
        await tx.put_identifiers([seen(key) for key in keys if key not in known])
        await tx.append_events(list(events))
        await tx.name_events(list(events), {one.id: given.get(one.id, next(iter(one.keys), None)) for one in events})

    await store.write(work)


async def add_links(store: Store, links: Iterable[Link]) -> None:
    """Add evidence between identifiers, which are written where they are not known."""
    links = list(links)
    keys = {key for one in links for key in one.pair}

    async def work(tx: Writing) -> None:
        known = await tx.lock(keys)
        await tx.put_identifiers([seen(key) for key in keys if key not in known])
        await tx.add_links(links)

    await store.write(work)


async def read(store: Store, ask: Callable[[Reading], Awaitable[T]]) -> T:
    return await store.read(ask)
