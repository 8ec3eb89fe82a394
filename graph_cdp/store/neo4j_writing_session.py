"""What one writing Neo4j transaction can do."""

from asyncio import Task
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from graph_cdp.domain.access import AuditEntry
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Link, Refusal
from graph_cdp.resolve import Held, Placed, ProfileIds
from graph_cdp.store.ledger_rows import Announcements
from graph_cdp.store.neo4j_ledger import Neo4jLedgerWriting
from graph_cdp.store.neo4j_matching import Neo4jMatchingWriting
from graph_cdp.store.neo4j_reviews import Neo4jReviewWriting
from graph_cdp.store.neo4j_rows import Row, guard_of, label_of, sum_of
from graph_cdp.store.neo4j_session import Neo4jReading
from graph_cdp.store.neo4j_wire import Wire
from graph_cdp.store.port import Owned, Writing


class Neo4jWriting(Neo4jReading, Neo4jLedgerWriting, Neo4jReviewWriting, Neo4jMatchingWriting):
    """One writing transaction. What it holds no other writer changes, so it is read once and remembered.

    Whoever changes an identifier holds its guard first: the profile that its cluster is named after, or itself where
    it is in no cluster. An identifier that is not there yet is made, and forgotten at the end unless it was written.
    """

    def __init__(self, wire: Wire, ids: ProfileIds) -> None:
        super().__init__(wire, ids)
        self._announced = Announcements()
        self._audited: list[AuditEntry] = []
        self._guards: set[int] = set()
        self._held: dict[Key, Seen] = {}
        # Made in this transaction and not yet written, linked, given a record; the traits of all that it made.
        self._new: set[Key] = set()
        self._unlinked: set[Key] = set()
        self._recordless: set[Key] = set()
        self._traits: dict[Key, dict[str, Held]] = {}
        # Clusters of which all members are held.
        self._whole: set[Key] = set()
        self._judged: bool | None = None
        self._events: dict[str, int] = {}
        self._appended: tuple[list[str], Task[Any]] | None = None

    async def finish(self, changes_kept: int) -> None:
        """Do what is left before the commit."""
        await self._wire.send("identifiers/forget", [self._nodes[key] for key in self._new], "identifiers")
        await self.write_ledger(changes_kept)
        await self._wire.settle()

    async def lock(self, keys: Collection[Key]) -> dict[Key, Seen]:
        known = self._held
        ask = sorted(key for key in set(keys) if key not in known and key not in self._new)
        while ask:
            # Nobody else decides on what is held: no later decision concerns this transaction.
            new, held, rows, self._judged = await self._wire.record("identifiers/lock", keys=ask)
            self._nodes.update(new)
            for made in (self._new, self._unlinked, self._recordless):
                made.update(key for key, _ in new)
            self._traits.update((key, {}) for key, _ in new)
            self._guards.update(held)
            ask = [row[1] for row in rows if guard_of(row) not in self._guards]
            moved = set(ask)
            known.update((seen.key, seen) for seen in self._seen([row for row in rows if row[1] not in moved]))
        return {key: known[key] for key in keys if key in known}

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        found = {key: self._held[key] for key in keys if key in self._held}
        if ask := [key for key in keys if key not in found and key not in self._new]:
            found |= await super().identifiers(ask)
        return found

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        known = [seen for seen in self._held.values() if seen.cluster in clusters]
        if self._whole.issuperset(clusters):
            return known
        guards = await self._profiles_of(clusters)
        nodes = [self._nodes[seen.key] for seen in known]
        others = self._seen(await self._wire.rows("members/of_clusters", clusters=guards, known=nodes))
        if self._guards.issuperset(guards):
            self._held.update((seen.key, seen) for seen in others)
            self._whole.update(clusters)
        return known + others

    async def named_with(self, keys: Collection[Key], namespaces: Collection[str]) -> dict[Key, list[Key]]:
        ask = [key for key in keys if key not in self._unlinked]
        return await super().named_with(ask, namespaces) if ask else {}

    async def traits_of(self, keys: Collection[Key]) -> list[Held]:
        found = [held for key in keys for held in self._traits.get(key, {}).values()]
        ask = [key for key in keys if key not in self._traits]
        return found + (await super().traits_of(ask) if ask else [])

    async def has_decisions(self) -> bool:
        if self._judged is None:
            return await super().has_decisions()
        return self._judged

    async def notes(self) -> dict[str, str]:
        return dict(await self._wire.rows("notes/lock"))

    async def append_events(self, events: Sequence[Event]) -> None:
        rows = [
            [event.id, event.at, event.received_at, event.type, event.name, event.source, event.channel,
             event.body.decode(), event.digest.hex()]
            for event in events
        ]  # fmt: skip
        await self._events_appended()
        self._appended = [event.id for event in events], await self._wire.start("events/append", rows=rows)

    async def name_events(self, events: Sequence[Event], owners: Mapping[str, Key | None]) -> None:
        await self._nodes_of({key for event in events for key in event.keys if key not in self._nodes})
        nodes, at = self._nodes, self._events
        named = []
        for event in events:
            owner = owners[event.id]
            named.append((event.id, [nodes[key] for key in event.keys], None if owner is None else nodes[owner]))
        await self._events_appended()
        if missing := [event.id for event in events if event.id not in at]:
            at.update(await self._wire.rows("events/nodes", ids=missing))
        await self._wire.send("events/name", [[at[event], keys, owner] for event, keys, owner in named])

    async def pass_events(self, rows: Sequence[Owned]) -> None:
        nodes = self._nodes
        await self._nodes_of({row.after for row in rows if row.after is not None})
        passed = [[row.event, None if row.after is None else nodes[row.after]] for row in rows]
        await self._wire.send("events/own", passed)

    async def add_links(self, links: Collection[Link]) -> None:
        nodes, unlinked = self._nodes, self._unlinked
        await self._nodes_of({key for link in links for key in (link.low, link.high) if key not in nodes})
        created: dict[tuple[Key, Key, str], Row] = {}
        added = list[Row]()
        for low, high, kind, count, first_seen, last_seen, sources, score in links:
            row: Row = [nodes[low], nodes[high], kind, count, first_seen, last_seen, sources, score]
            if (low in unlinked or high in unlinked) and (low, high, kind) not in created:
                created[low, high, kind] = row
            else:
                added.append(row)
        for low, high, _ in created:
            unlinked.discard(low)
            unlinked.discard(high)
        await self._wire.send("links/create", list(created.values()))
        await self._wire.send("links/add", added)

    async def put_identifiers(self, rows: Collection[Seen]) -> None:
        nodes, new, known = self._nodes, self._new, self._held
        inserted, updated = list[list[object]](), list[list[object]]()
        for seen in rows:
            key, first_seen, last_seen, count, set_aside, *_ = seen
            if key in new:
                new.discard(key)
                namespace = namespace_of(key)
                inserted.append([
                    nodes[key], self._own(key), namespace, label_of(namespace), first_seen, last_seen, count, set_aside
                ])  # fmt: skip
                known[key] = Seen(key, first_seen, last_seen, count, set_aside, None, None)
            else:
                updated.append([nodes[key], first_seen, last_seen, count, set_aside])
                was = known[key]
                known[key] = Seen(
                    key, first_seen, last_seen, count, set_aside, was.cluster, was.profile, was.contested
                )  # fmt: skip
        await self._wire.send("identifiers/insert", inserted)
        await self._wire.send("identifiers/update", updated)

    def _remember_places(self, rows: Iterable[Row]) -> None:
        # Where others belong may change before they are held: their profile may be gone by then.
        super()._remember_places(row for row in rows if guard_of(row) in self._guards)

    async def _events_appended(self) -> None:
        """Learn the nodes of the events that were appended last."""
        if self._appended is not None:
            (ids, sent), self._appended = self._appended, None
            await self._wire.settle()
            self._events.update(zip(ids, sent.result()["rows"], strict=True))

    async def place_identifiers(self, rows: Collection[Placed]) -> None:
        self._whole.clear()
        before = await self.identifiers([row.key for row in rows])
        await self._make_profiles(
            {anchor for row in rows for anchor in (row.cluster, row.profile, before[row.key].profile) if anchor}
        )
        nodes, profiles = self._nodes, self._profiles
        aside = list[list[object]]()
        leave, join = defaultdict[int, list[Key]](list), defaultdict[int, list[Key]](list)
        left: set[Key] = set()
        for key, set_aside, cluster, profile, contested in rows:
            was = before[key]
            if was.set_aside != set_aside:
                aside.append([nodes[key], set_aside])
            if was.profile != profile:
                if was.profile is not None:
                    leave[profiles[was.profile]].append(key)
                    left.add(was.profile)
                if profile is not None:
                    join[profiles[profile]].append(key)
            if key in self._held:
                self._held[key] = was._replace(
                    set_aside=set_aside, cluster=cluster, profile=profile, contested=contested
                )
        await self._wire.send("identifiers/set_aside", aside)
        for name, moving in (("members/leave", leave), ("members/join", join)):
            rows_of_profile = [[node, [nodes[key] for key in keys], sum_of(keys)] for node, keys in moving.items()]
            await self._wire.send(name, rows_of_profile)
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
        made = self._traits
        asked = [[nodes[key], name] for key, name, _ in held if key not in made or made[key]]
        rows = await self._wire.rows("traits/standing", rows=asked) if asked else []
        standing = {(node, name): (trait, at, event) for node, name, trait, at, event in rows}
        created, replaced = list[list[object]](), list[list[object]]()
        # Compared here, as Cypher sorts strings by code point, but its `<` takes them by UTF-16 unit.
        for one in held:
            key, name, (at, event, source, value) = one
            row = [at, event, source, orjson.dumps(value).decode()]
            known = standing.get((nodes[key], name))
            if known is None:
                created.append([nodes[key], name, *row])
            elif (at, event) > known[1:]:
                replaced.append([known[0], *row])
            else:
                continue
            if key in made:
                made[key][name] = one
        await self._wire.send("traits/create", created)
        await self._wire.send("traits/replace", replaced)

    async def drop_traits(self, keys: Collection[Key]) -> None:
        self._traits.update((key, {}) for key in keys if key in self._traits)
        await self._wire.send("traits/drop", await self._nodes_of(keys), "identifiers")

    async def append_decisions(self, decisions: Collection[Decision]) -> None:
        if decisions:
            self._judged = True
        await self._wire.send("decisions/append", sorted([decision.id, *decision] for decision in decisions))

    async def put_notes(self, notes: Mapping[str, str]) -> None:
        await self._wire.send("notes/put", sorted([name, text] for name, text in notes.items()))

    async def clear_computed(self) -> None:
        await self.clear_matching()
        await self._wire.send_all("rebuild/clear")
        for known in (self._nodes, self._profiles, self._cluster_of, self._held, self._guards, self._traits):
            known.clear()
        for made in (self._new, self._unlinked, self._recordless, self._whole):
            made.clear()

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


_writes: type[Writing] = Neo4jWriting
