"""What one Neo4j transaction can do: the statements of cypher/, with keys for node ids.

Node ids are used within one transaction only, where they are lasting: seeking a node by its id is several times
faster than by its key.
"""

from collections.abc import AsyncIterator, Collection, Iterable
from itertools import chain
from typing import Any

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.errors import StoreUnavailableError
from graph_cdp.resolve import Held, ProfileIds
from graph_cdp.store.neo4j_gathering import Parts
from graph_cdp.store.neo4j_ledger import Neo4jLedgerReading
from graph_cdp.store.neo4j_matching import Neo4jMatchingReading
from graph_cdp.store.neo4j_pages import Neo4jPages
from graph_cdp.store.neo4j_reviews import Neo4jReviewReading
from graph_cdp.store.neo4j_rows import Row, events_of, held_of, link_of, seen_of, sum_of
from graph_cdp.store.neo4j_wire import Wire
from graph_cdp.store.port import Named, Profiles, Reading, Sizes, StoredEvent

_PAGE = 2_000


class HalfDoneError(StoreUnavailableError):
    """A commit was being applied while members were read: it will be done in a moment."""


class Neo4jReading(Neo4jLedgerReading, Neo4jReviewReading, Neo4jPages, Neo4jMatchingReading):
    """One view of a Neo4j store. Remembers the node ids of the keys and profiles it met."""

    def __init__(self, wire: Wire, ids: ProfileIds) -> None:
        self._wire = wire
        self.ids, self._own = ids, ids.of
        self._nodes: dict[Key, int] = {}
        self._profiles: dict[Key, int] = {}
        self._cluster_of: dict[Key, tuple[Key, bool]] = {}

    async def stored_events(self, ids: Collection[str]) -> dict[str, bytes]:
        rows = await self._wire.rows("events/stored", ids=list(ids))
        return {event: bytes.fromhex(digest) for event, digest in rows}

    async def events_by_id(self, ids: Collection[str]) -> list[StoredEvent]:
        return events_of(await self._wire.rows("events/by_id", ids=list(ids)))

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        rows = await self._wire.rows("identifiers/by_key", keys=list(keys))
        return {seen.key: seen for seen in self._seen(rows)}

    async def profiles(self, keys: Collection[Key], *, traits: bool, events: int, refusals: bool) -> Profiles:
        asked, rows = await self._wire.profiles(keys, Parts(traits, events, refusals))
        found = Profiles({row[1]: seen_of(row) for row in asked}, [], {}, [], {}, [])
        whole = all(None not in row[:5] for row in asked) and all(_add_profile(found, *row) for row in rows)
        if not (whole and _holds_asked(found)):
            raise HalfDoneError(
                "This profile changes faster than it can be read: try again, or run `graph-cdp rebuild`."
            )
        # One between two of the profiles came with both.
        return found._replace(refusals=sorted(set(found.refusals)))

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        nodes = await self._profiles_of(clusters)
        return self._seen(await self._wire.rows("members/of_clusters", clusters=nodes, known=[]))

    async def key_of(self, profile_id: str) -> Key | None:
        own = "pro_" + profile_id.removeprefix("pro_").lower()
        rows = await self._wire.rows("identifiers/by_own", own=own)
        return rows[0] if rows else None

    async def links_among(self, keys: Collection[Key]) -> list[Link]:
        return [link_of(row) for row in await self._about("links/among", keys)]

    async def links_of(self, keys: Collection[Key], limit: int) -> list[Link]:
        return [link_of(row) for row in await self._about("links/of_identifiers", keys, limit=limit)]

    async def linked_by_namespace(self, keys: Collection[Key], above: int = 0) -> dict[Key, dict[str, int]]:
        found: dict[Key, dict[str, int]] = {}
        for key, namespace, count in await self._about("links/linked_by_namespace", keys, above=above):
            found.setdefault(key, {})[namespace] = count
        return found

    async def refusals_of(self, keys: Collection[Key]) -> list[Refusal]:
        return [Refusal(*row) for row in await self._about("refusals/of_identifiers", keys)]

    async def traits_of(self, keys: Collection[Key]) -> list[Held]:
        return [held_of(row) for row in await self._about("traits/of_identifiers", keys)]

    async def has_decisions(self) -> bool:
        return bool(await self._wire.rows("decisions/any"))

    async def decisions_on(self, keys: Collection[Key]) -> list[Decision]:
        return [Decision(*row) for row in await self._wire.rows("decisions/on_identifiers", keys=list(keys))]

    async def decisions_by_id(self, ids: Collection[str]) -> list[Decision]:
        return [Decision(*row) for row in await self._wire.rows("decisions/by_id", ids=list(ids))]

    async def events_naming_both(self, pair: Pair, limit: int) -> list[StoredEvent]:
        nodes = await self._nodes_of(pair)
        if len(nodes) < len(pair):
            return []
        low, high = nodes
        return events_of(await self._wire.rows("events/naming_both", low=low, high=high, limit=limit))

    def events_naming(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        return self._events_about("events/naming", keys)

    def owned_events(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        return self._events_about("events/owned", keys)

    async def scan_events(self) -> AsyncIterator[list[StoredEvent]]:
        after = ""
        while rows := await self._wire.rows("events/scan", after=after, limit=_PAGE):
            yield events_of(rows)
            after = rows[-1][0]

    async def scan_names(self) -> AsyncIterator[list[Named]]:
        after = ""
        while rows := await self._wire.rows("events/scan_names", after=after, limit=_PAGE):
            if page := [Named(*row) for row in rows if row[1] is not None]:
                yield page
            after = rows[-1][0]

    async def scan_identifiers(self) -> AsyncIterator[list[Seen]]:
        after = ""
        while rows := await self._wire.rows("identifiers/scan", after=after, limit=_PAGE):
            yield self._seen(rows)
            after = rows[-1][1]

    async def scan_links(self) -> AsyncIterator[list[Link]]:
        async for rows in self._pages("links/scan"):
            yield [link_of(row) for row in rows]

    async def scan_refusals(self) -> AsyncIterator[list[Refusal]]:
        async for rows in self._pages("refusals/scan"):
            yield [Refusal(*row) for row in rows]

    async def scan_traits(self) -> AsyncIterator[list[Held]]:
        async for rows in self._pages("traits/scan"):
            yield [held_of(row) for row in rows]

    async def decisions(self) -> list[Decision]:
        return [Decision(*row) for row in await self._wire.rows("decisions/scan")]

    async def sizes(self) -> Sizes:
        return Sizes(*await self._wire.rows("stats/sizes"))

    async def notes(self) -> dict[str, str]:
        return dict(await self._wire.rows("notes/all"))

    async def note(self, name: str) -> str | None:
        return next(iter((await self._wire.alone("notes/one", note=name))[0]), None)

    async def _about(self, name: str, keys: Collection[Key], **parameters: object) -> list[Any]:
        rows: list[Any] = await self._wire.rows(name, identifiers=await self._nodes_of(keys), **parameters)
        return rows

    async def _events_about(self, name: str, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        events = await self._about(name, keys)
        for start in range(0, len(events), _PAGE):
            yield events_of(await self._wire.rows(f"{name}_page", events=events[start : start + _PAGE]))

    async def _pages(self, name: str) -> AsyncIterator[list[Any]]:
        """Pages of rows that are ordered by a key in their first column, of which a page may end in the middle."""
        after, given = "", 0
        while rows := await self._wire.rows(name, after=after, skip=given, limit=_PAGE):
            yield rows
            last = rows[-1][0]
            given = sum(row[0] == last for row in rows) + (given if last == after else 0)
            after = last

    def _seen(self, rows: Collection[Row]) -> list[Seen]:
        self._nodes.update((row[1], row[0]) for row in rows)
        self._remember_places(rows)
        return [seen_of(row) for row in rows]

    def _remember_places(self, rows: Iterable[Row]) -> None:
        """Remember the profiles that identifiers are in."""
        profiles, clusters = self._profiles, self._cluster_of
        for _, _, _, _, _, _, in_, profile, contested, main, cluster in rows:
            if profile is not None:
                profiles[profile] = in_
                clusters[profile] = (cluster or profile, contested)
                if cluster is not None:
                    profiles[cluster] = main

    async def _nodes_of(self, keys: Collection[Key]) -> list[int]:
        """Nodes of the keys that are known, in the order given."""
        nodes = self._nodes
        if missing := [key for key in keys if key not in nodes]:
            nodes.update(await self._wire.rows("identifiers/nodes", keys=missing))
        return [nodes[key] for key in keys if key in nodes]

    async def _profiles_of(self, anchors: Collection[Key]) -> list[int]:
        """Nodes of the profiles that there are, in the order given."""
        profiles = self._profiles
        if missing := [[self._own(anchor), anchor] for anchor in anchors if anchor not in profiles]:
            profiles.update(await self._wire.rows("profiles/nodes", rows=missing))
        return [profiles[anchor] for anchor in anchors if anchor in profiles]


def _add_profile(found: Profiles, anchor: Key, members_sum: int, cluster: int, *parts: Iterable[Row]) -> bool:
    """Add a profile; whether its members are all those, and only those, that one transaction left there.

    A node or a relationship may be seen before all of its properties can be.
    """
    members, traits, events, refusals = parts
    # A limit is one of a namespace.
    refused = ((*row[:4], row[3] != "limit" or row[4]) for row in refusals)
    needed = chain((row[:5] for row in members), traits, ((*row[:4], *row[-2:]) for row in events), refused)
    if any(None in row for row in needed):
        return False
    found.members.extend(seen_of(row) for row in members)
    found.clusters[anchor] = cluster
    found.traits.extend(held_of(row) for row in traits)
    found.events[anchor] = events_of(events)
    found.refusals.extend(Refusal(*row) for row in refusals)
    return sum_of([row[1] for row in members]) == members_sum


def _holds_asked(found: Profiles) -> bool:
    """Whether those that were asked for, unless they are set aside, are among the members of their profiles."""
    profile_by_key = {seen.key: seen.profile for seen in found.members}
    return all(
        seen.set_aside is not None or (seen.profile is not None and seen.profile == profile_by_key.get(key))
        for key, seen in found.asked.items()
    )


_reads: type[Reading] = Neo4jReading
