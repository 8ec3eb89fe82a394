"""What one Neo4j transaction can do: the statements of cypher/, with keys for node ids.

Node ids are used within one transaction only, where they are lasting: seeking a node by its id is several times
faster than by its key.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import Held, Placed, ProfileIds
from graph_cdp.store.neo4j_rows import Row, events_of, guard_of, held_of, label_of, link_of
from graph_cdp.store.neo4j_wire import Wire
from graph_cdp.store.port import Named, Owned, Reading, Sizes, StoredEvent, Writing

_PAGE = 2_000


class Neo4jReading:
    """One view of a Neo4j store. Remembers the node ids of the keys and profiles it met."""

    def __init__(self, wire: Wire, ids: ProfileIds) -> None:
        self._wire = wire
        self._own = ids.of
        self._nodes: dict[Key, int] = {}
        self._profiles: dict[Key, int] = {}
        self._cluster_of: dict[Key, tuple[Key, bool]] = {}

    async def stored_events(self, ids: Collection[str]) -> dict[str, bytes]:
        rows = await self._wire.rows("events/stored", ids=list(ids))
        return {event: bytes.fromhex(digest) for event, digest in rows}

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        rows = await self._wire.rows("identifiers/by_key", keys=list(keys))
        return {seen.key: seen for seen in self._seen(rows)}

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        members = await self._wire.rows("members/of_clusters", clusters=await self._profiles_of(clusters))
        return await self._at(members)

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

    async def journey(
        self, keys: Collection[Key], limit: int, before: tuple[Millis, str] | None = None
    ) -> list[StoredEvent]:
        if before is None:
            return events_of(await self._about("events/journey", keys, limit=limit, at=None))
        ask = limit + 1
        while True:
            page = events_of(await self._about("events/journey", keys, limit=ask, at=before[0]))
            # Compared here, as Cypher sorts strings by code point, but its `<` takes them by UTF-16 unit.
            earlier = [event for event in page if (event.at, event.id) < before]
            if len(earlier) >= limit or len(page) < ask:
                return earlier[:limit]
            ask *= 2

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

    async def _at(self, nodes: Collection[int]) -> list[Seen]:
        return self._seen(await self._wire.rows("identifiers/by_node", identifiers=list(nodes)))

    def _seen(self, rows: Iterable[Row]) -> list[Seen]:
        nodes, profiles, clusters = self._nodes, self._profiles, self._cluster_of
        found = []
        for node, key, first_seen, last_seen, count, set_aside, in_, profile, contested, main, cluster in rows:
            nodes[key] = node
            if profile is not None:
                profiles[profile] = in_
                clusters[profile] = (cluster or profile, contested)
                if cluster is not None:
                    profiles[cluster] = main
            found.append(Seen(key, first_seen, last_seen, count, set_aside, cluster or profile, profile, contested))
        return found

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


class Neo4jWriting(Neo4jReading):
    """One writing transaction. What it holds no other writer changes, so it is read once and remembered.

    Whoever changes an identifier holds its guard first: the profile that its cluster is named after, or itself where
    it is in no cluster. An identifier that is not there yet is made, and forgotten at the end unless it was written.
    """

    def __init__(self, wire: Wire, ids: ProfileIds) -> None:
        super().__init__(wire, ids)
        self._guards: set[int] = set()
        self._held: dict[Key, Seen] = {}
        self._new: set[Key] = set()
        self._unlinked: set[Key] = set()
        self._events: dict[str, int] = {}

    async def finish(self) -> None:
        """Do what is left before the commit."""
        await self._wire.send("identifiers/forget", [self._nodes[key] for key in self._new], "identifiers")
        await self._wire.settle()

    async def lock(self, keys: Collection[Key]) -> dict[Key, Seen]:
        ask = sorted(key for key in set(keys) if key not in self._held and key not in self._new)
        while ask:
            held, rows = await self._wire.record("identifiers/lock", keys=ask)
            self._guards.update(held)
            if all(guard_of(row) in self._guards for row in rows):
                break
        else:
            rows = []
        new = {row[1] for row in rows if row[2] is None}
        self._new |= new
        self._unlinked |= new
        self._held.update((seen.key, seen) for seen in self._seen(rows) if seen.key not in new)
        return {key: self._held[key] for key in keys if key in self._held}

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        found = {key: self._held[key] for key in keys if key in self._held}
        if ask := [key for key in keys if key not in found and key not in self._new]:
            found |= await super().identifiers(ask)
        return found

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        guards = await self._profiles_of(clusters)
        members = await self._wire.rows("members/of_clusters", clusters=guards)
        held = {self._nodes[key]: seen for key, seen in self._held.items()}
        others = await self._at([node for node in members if node not in held])
        if self._guards.issuperset(guards):
            self._held.update((seen.key, seen) for seen in others)
        return [held[node] for node in members if node in held] + others

    async def notes(self) -> dict[str, str]:
        return dict(await self._wire.rows("notes/lock"))

    async def append_events(self, events: Sequence[Event]) -> None:
        rows = [
            [event.id, event.at, event.received_at, event.type, event.name, event.source, event.body.decode(),
             event.digest.hex()]
            for event in events
        ]  # fmt: skip
        nodes = await self._wire.rows("events/append", rows=rows)
        self._events.update(zip((event.id for event in events), nodes, strict=True))

    async def name_events(self, events: Sequence[Event], owners: Mapping[str, Key | None]) -> None:
        nodes, at = self._nodes, self._events
        await self._nodes_of({key for event in events for key in event.keys})
        if missing := [event.id for event in events if event.id not in at]:
            at.update(await self._wire.rows("events/nodes", ids=missing))
        rows = []
        for event in events:
            owner = owners[event.id]
            rows.append([at[event.id], [nodes[key] for key in event.keys], None if owner is None else nodes[owner]])
        await self._wire.send("events/name", rows)

    async def pass_events(self, rows: Sequence[Owned]) -> None:
        nodes = self._nodes
        await self._nodes_of({row.after for row in rows if row.after is not None})
        passed = [[row.event, None if row.after is None else nodes[row.after]] for row in rows]
        await self._wire.send("events/own", passed)

    async def add_links(self, links: Collection[Link]) -> None:
        nodes, unlinked = self._nodes, self._unlinked
        await self._nodes_of({key for link in links for key in link.pair})
        created: dict[tuple[Key, Key, str], list[object]] = {}
        added = list[list[object]]()
        for link in links:
            low, high, kind, *evidence = link
            row = [nodes[low], nodes[high], kind, *evidence]
            # An identifier made in this transaction has no links but those of this transaction.
            if (low in unlinked or high in unlinked) and (low, high, kind) not in created:
                created[low, high, kind] = row
            else:
                added.append(row)
        unlinked.difference_update(key for low, high, _ in created for key in (low, high))
        await self._wire.send("links/create", list(created.values()))
        await self._wire.send("links/add", added)

    async def put_identifiers(self, rows: Collection[Seen]) -> None:
        nodes, held = self._nodes, self._held
        inserted, updated = list[list[object]](), list[list[object]]()
        for seen in rows:
            key, state = seen.key, seen[1:5]
            if key in self._new:
                namespace = namespace_of(key)
                inserted.append([nodes[key], self._own(key), namespace, label_of(namespace), *state])
                held[key] = seen._replace(cluster=None, profile=None, contested=False)
                self._new.discard(key)
            else:
                updated.append([nodes[key], *state])
                was = held[key]
                held[key] = seen._replace(cluster=was.cluster, profile=was.profile, contested=was.contested)
        await self._wire.send("identifiers/insert", inserted)
        await self._wire.send("identifiers/update", updated)

    async def place_identifiers(self, rows: Collection[Placed]) -> None:
        before = await self.identifiers([row.key for row in rows])
        await self._make_profiles(
            {anchor for row in rows for anchor in (row.cluster, row.profile) if anchor is not None}
        )
        nodes, profiles = self._nodes, self._profiles
        aside, leave, join = list[list[object]](), list[int](), list[list[object]]()
        left: set[Key] = set()
        for key, set_aside, cluster, profile, contested in rows:
            was = before[key]
            if was.set_aside != set_aside:
                aside.append([nodes[key], set_aside])
            if was.profile != profile:
                if was.profile is not None:
                    leave.append(nodes[key])
                    left.add(was.profile)
                if profile is not None:
                    join.append([nodes[key], profiles[profile]])
            if key in self._held:
                self._held[key] = was._replace(
                    set_aside=set_aside, cluster=cluster, profile=profile, contested=contested
                )
        await self._wire.send("identifiers/set_aside", aside)
        await self._wire.send("members/leave", leave, "identifiers")
        await self._wire.send("members/join", join)
        left |= await self._enter_clusters(
            {row.profile: (row.cluster, row.contested) for row in rows if row.profile and row.cluster}
        )
        await self._sweep(left)

    async def replace_refusals(self, keys: Collection[Key], refusals: Collection[Refusal]) -> None:
        nodes = self._nodes
        await self._wire.send("refusals/delete_among", await self._nodes_of(keys), "identifiers")
        await self._nodes_of({key for refusal in refusals for key in (refusal.low, refusal.high)})
        await self._wire.send("refusals/insert", [[nodes[low], nodes[high], *why] for low, high, *why in refusals])

    async def write_traits(self, held: Collection[Held]) -> None:
        nodes = self._nodes
        await self._nodes_of({key for key, _, _ in held})
        asked = [[nodes[key], name] for key, name, _ in held]
        rows = await self._wire.rows("traits/standing", rows=asked)
        standing = {(node, name): (trait, at, event) for node, name, trait, at, event in rows}
        created, replaced = list[list[object]](), list[list[object]]()
        # Compared here for the same reason as in `journey`.
        for key, name, (at, event, source, value) in held:
            row = [at, event, source, orjson.dumps(value).decode()]
            known = standing.get((nodes[key], name))
            if known is None:
                created.append([nodes[key], name, *row])
            elif (at, event) > known[1:]:
                replaced.append([known[0], *row])
        await self._wire.send("traits/create", created)
        await self._wire.send("traits/replace", replaced)

    async def drop_traits(self, keys: Collection[Key]) -> None:
        await self._wire.send("traits/drop", await self._nodes_of(keys), "identifiers")

    async def append_decisions(self, decisions: Collection[Decision]) -> None:
        await self._wire.send("decisions/append", sorted([decision.id, *decision] for decision in decisions))

    async def put_notes(self, notes: Mapping[str, str]) -> None:
        await self._wire.send("notes/put", sorted([name, text] for name, text in notes.items()))

    async def clear_computed(self) -> None:
        await self._wire.send_all("rebuild/clear")
        for known in (self._nodes, self._profiles, self._cluster_of, self._held, self._guards, self._new):
            known.clear()
        self._unlinked.clear()

    async def _make_profiles(self, anchors: Collection[Key]) -> None:
        """See that profiles are there and known, with the cluster that each is in."""
        missing = sorted([self._own(anchor), anchor] for anchor in anchors if anchor not in self._cluster_of)
        if missing:
            for anchor, node, cluster, contested in await self._wire.rows("profiles/make", rows=missing):
                self._profiles[anchor] = node
                self._cluster_of[anchor] = (cluster, contested)

    async def _enter_clusters(self, cluster_by_profile: Mapping[Key, tuple[Key, bool]]) -> set[Key]:
        """Put profiles into clusters; gives the profiles after which those that they left are named."""
        nodes, cluster_of = self._profiles, self._cluster_of
        changed = {one: cluster for one, cluster in cluster_by_profile.items() if cluster_of[one] != cluster}
        left = {cluster_of[profile][0] for profile in changed}
        rows = [[nodes[profile], nodes[main], contested or None] for profile, (main, contested) in changed.items()]
        await self._wire.send("profiles/enter_cluster", rows)
        cluster_of.update(changed)
        return left

    async def _sweep(self, left: Collection[Key]) -> None:
        """Remove profiles that are empty now. Those that others are in the cluster of come last."""
        await self._make_profiles(left)
        mains = [anchor for anchor in left if self._cluster_of[anchor][0] == anchor]
        parts = [anchor for anchor in left if self._cluster_of[anchor][0] != anchor]
        for anchors in (parts, mains):
            await self._wire.send("profiles/sweep", [self._profiles[anchor] for anchor in anchors], "profiles")
        for anchor in left:
            # It may be there still: whoever needs it looks again.
            del self._profiles[anchor], self._cluster_of[anchor]


_reads: type[Reading] = Neo4jReading
_writes: type[Writing] = Neo4jWriting
