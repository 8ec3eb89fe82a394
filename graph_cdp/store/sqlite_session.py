"""What one SQLite transaction can do: the statements of cypher/, with keys for row ids."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

import apsw
import orjson

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.resolve import Held, Placed, ProfileIds, digest_of, hash_of
from graph_cdp.store.ledger_rows import Announcements
from graph_cdp.store.port import Named, Owned, Profiles, Reading, Sizes, StoredEvent, Writing
from graph_cdp.store.sqlite_hashes import passed_by
from graph_cdp.store.sqlite_ledger import SqliteLedgerReading, SqliteLedgerWriting
from graph_cdp.store.sqlite_matching import SqliteMatchingReading, SqliteMatchingWriting
from graph_cdp.store.sqlite_pages import SqlitePages
from graph_cdp.store.sqlite_reviews import SqliteReviewReading, SqliteReviewWriting
from graph_cdp.store.sqlite_rows import held_of, link_of, seen_of
from graph_cdp.store.statements import statement, statements

T = TypeVar("T")
R = TypeVar("R", bound=tuple[Any, ...])

_PAGE = 2_000
_FIRST = itemgetter(0)


class SqliteReading(SqliteLedgerReading, SqliteReviewReading, SqlitePages, SqliteMatchingReading):
    """One view of a SQLite store. Remembers the row ids of the keys it met."""

    def __init__(self, connection: apsw.Connection, ids: ProfileIds) -> None:
        self._connection = connection
        self.ids = ids
        self._ids: dict[Key, int] = {}

    async def stored_events(self, ids: Collection[str]) -> dict[str, bytes]:
        return dict(self._hashed("events/stored", ids))

    async def events_by_id(self, ids: Collection[str]) -> list[StoredEvent]:
        return [StoredEvent(*row) for row in self._hashed("events/by_id", ids)]

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        return {seen.key: seen for seen in self._met(self._hashed("identifiers/by_key", keys))}

    async def profiles(self, keys: Collection[Key], *, traits: bool, events: int, refusals: bool) -> Profiles:
        wanted, found = set(keys), Profiles({}, [], {}, [], {}, [])
        hashes = self._hashes_json(wanted)
        rows = self._rows("profiles/of_identifiers", hashes=hashes, traits=traits, events=events, refusals=refusals)
        for part, *row in rows:
            match part:
                case "asked" if row[0] in wanted:
                    found.asked[row[0]] = seen_of(row[:9])
                case "members":
                    found.members.append(seen_of(row[:9]))
                case "clusters":
                    found.clusters[row[0]] = row[1]
                case "traits":
                    found.traits.append(held_of(row[:6]))
                case "events":
                    found.events.setdefault(row[0], []).append(StoredEvent(*row[1:]))
                case "refusals":
                    found.refusals.append(Refusal(*row[:5]))
        return found

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        return self._met(self._rows("identifiers/of_clusters", clusters=self._ids_json(clusters)).fetchall())

    async def key_of(self, profile_id: str) -> Key | None:
        own = digest_of(profile_id)
        rows = self._rows("identifiers/by_own", hash=hash_of(own)) if own else ()
        return next((key for (key,) in rows if self.ids.digest(key) == own), None)

    async def links_among(self, keys: Collection[Key]) -> list[Link]:
        return [link_of(row) for row in self._rows("links/among", identifiers=self._ids_json(keys))]

    async def links_of(self, keys: Collection[Key], limit: int) -> list[Link]:
        rows = self._rows("links/of_identifiers", identifiers=self._ids_json(keys), limit=limit)
        return [link_of(row) for row in rows]

    async def linked_by_namespace(self, keys: Collection[Key], above: int = 0) -> dict[Key, dict[str, int]]:
        found: dict[Key, dict[str, int]] = {}
        for key, namespace, count in self._rows(
            "links/linked_by_namespace", identifiers=self._ids_json(keys), above=above
        ):
            found.setdefault(key, {})[namespace] = count
        return found

    async def refusals_of(self, keys: Collection[Key]) -> list[Refusal]:
        return [Refusal(*row) for row in self._rows("refusals/of_identifiers", identifiers=self._ids_json(keys))]

    async def traits_of(self, keys: Collection[Key]) -> list[Held]:
        return [held_of(row) for row in self._rows("traits/of_identifiers", identifiers=self._ids_json(keys))]

    async def has_decisions(self) -> bool:
        return bool(next(self._rows("decisions/any"))[0])

    async def decisions_on(self, keys: Collection[Key]) -> list[Decision]:
        return [Decision(*row) for row in self._rows("decisions/on_identifiers", keys=_json(list(keys)))]

    async def decisions_by_id(self, ids: Collection[str]) -> list[Decision]:
        return [Decision(*row) for row in self._rows("decisions/by_id", ids=_json(list(ids)))]

    async def events_naming_both(self, pair: Pair, limit: int) -> list[StoredEvent]:
        ids = self._ids_of(pair)
        if len(ids) < len(pair):
            return []
        low, high = ids
        return [StoredEvent(*row) for row in self._rows("events/naming_both", low=low, high=high, limit=limit)]

    def events_naming(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        return self._pages(lambda row: StoredEvent(*row), "events/naming", identifiers=self._ids_json(keys))

    def owned_events(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        return self._pages(lambda row: StoredEvent(*row), "events/owned", identifiers=self._ids_json(keys))

    def scan_events(self) -> AsyncIterator[list[StoredEvent]]:
        return self._pages(lambda row: StoredEvent(*row), "events/scan")

    def scan_names(self) -> AsyncIterator[list[Named]]:
        return self._pages(lambda row: Named(row[0], row[1], bool(row[2])), "events/scan_names")

    def scan_identifiers(self) -> AsyncIterator[list[Seen]]:
        return self._pages(seen_of, "identifiers/scan")

    def scan_links(self) -> AsyncIterator[list[Link]]:
        return self._pages(link_of, "links/scan")

    def scan_refusals(self) -> AsyncIterator[list[Refusal]]:
        return self._pages(lambda row: Refusal(*row), "refusals/scan")

    def scan_traits(self) -> AsyncIterator[list[Held]]:
        return self._pages(held_of, "traits/scan")

    async def decisions(self) -> list[Decision]:
        return [Decision(*row) for row in self._rows("decisions/scan")]

    async def sizes(self) -> Sizes:
        return Sizes(*next(self._rows("stats/sizes")))

    async def notes(self) -> dict[str, str]:
        return dict(self._rows("notes/all"))

    async def note(self, name: str) -> str | None:
        return next((text for (text,) in self._rows("notes/one", note=name)), None)

    def _rows(self, name: str, **parameters: object) -> apsw.Cursor:
        return self._connection.execute(statement(name, "sql"), parameters)

    async def _pages(self, read: Callable[[Any], T], name: str, **parameters: object) -> AsyncIterator[list[T]]:
        cursor = self._rows(name, **parameters)
        while rows := [*islice(cursor, _PAGE)]:
            yield [read(row) for row in rows]

    def _hashed(self, name: str, texts: Collection[str]) -> list[tuple[Any, ...]]:
        """The rows of a statement that finds keys or event ids, its first column, by hash."""
        rows = self._rows(name, hashes=self._hashes_json(texts)).fetchall()
        wanted = set(texts) if rows else ()
        return [row for row in rows if row[0] in wanted]

    def _hashes_json(self, texts: Collection[str]) -> str:
        # In their order, as they lie in the index.
        return _json(sorted(map(self.ids.hashes.__getitem__, texts)))

    def _met(self, rows: Sequence[tuple[Any, ...]]) -> list[Seen]:
        """Rows of identifiers, whose row ids are remembered."""
        self._ids.update((row[0], row[1]) for row in rows)
        return [seen_of(row) for row in rows]

    def _ids_of(self, keys: Collection[Key]) -> list[int]:
        """Row ids of the keys that are known, in the order given."""
        ids = self._ids
        if missing := [key for key in keys if key not in ids]:
            ids.update(self._hashed("identifiers/ids", missing))
        return [ids[key] for key in keys if key in ids]

    def _ids_json(self, keys: Collection[Key]) -> str:
        return _json(self._ids_of(keys))


class SqliteWriting(SqliteReading, SqliteLedgerWriting, SqliteReviewWriting, SqliteMatchingWriting):
    """One writing transaction. SQLite has one writer at a time, so it holds every lock from its start."""

    def __init__(self, connection: apsw.Connection, ids: ProfileIds) -> None:
        super().__init__(connection, ids)
        self._announced = Announcements()
        self._new: dict[Key, int] = {}
        self._last_id: int | None = None
        self._seqs: dict[str, int] = {}

    async def lock(self, keys: Collection[Key]) -> dict[Key, Seen]:
        known = await self.identifiers(keys)
        if self._last_id is None:
            (self._last_id,) = next(self._rows("identifiers/last_id"))
        for key in keys:
            if key not in self._ids:
                self._last_id += 1
                self._ids[key] = self._new[key] = self._last_id
        return known

    async def append_events(self, events: Sequence[Event]) -> None:
        (seq,) = next(self._rows("events/last_seq"))
        ids, types, names, at, received_at, sources, channels, _, _, _, _, bodies, digests = _columns(Event, events)
        seqs, hashes = range(seq + 1, seq + 1 + len(ids)), map(self.ids.hashes.__getitem__, ids)
        self._seqs.update(zip(ids, seqs, strict=True))
        rows = zip(seqs, ids, at, received_at, types, names, sources, channels, bodies, digests, strict=True)
        await self._run("events/append", rows)
        await self._enter("events", zip(hashes, seqs, strict=True))

    async def name_events(self, events: Sequence[Event], owners: Mapping[str, Key | None]) -> None:
        row_ids, (ids, ats, named) = self._ids, map(Columnar.of(Event, events).column, ("id", "at", "keys"))
        told = zip(map(self._seqs_of(ids).__getitem__, ids), map(owners.__getitem__, ids), ats, named, strict=True)
        rows = [(row_ids[key], at, seq, key == owner) for seq, owner, at, keys in told for key in keys]
        # Neighbouring rows go to neighbouring pages.
        rows.sort(key=_FIRST)
        await self._run("events/name", rows)

    async def pass_events(self, rows: Sequence[Owned]) -> None:
        ids, seqs = self._ids, self._seqs_of([row.event for row in rows])
        self._ids_of({row.before for row in rows} | {row.after for row in rows if row.after is not None})
        await self._run("events/own", [(seqs[row.event], ids[row.before], 0) for row in rows])
        await self._run("events/own", [(seqs[row.event], ids[row.after], 1) for row in rows if row.after is not None])

    async def add_links(self, links: Collection[Link]) -> None:
        ids = self._ids.__getitem__
        low, high, *counted, sources, scores = _columns(Link, links)
        json_by_sources = {one: _json(one) for one in set(sources)}
        rows = zip(
            map(ids, low), map(ids, high), *counted, map(json_by_sources.__getitem__, sources), scores, strict=True
        )
        await self._run("links/add", sorted(rows, key=_FIRST))

    async def put_identifiers(self, rows: Collection[Seen]) -> None:
        ids, new, hashes = self._ids, self._new, self.ids.hashes.__getitem__
        inserted, updated = [], []
        for key, first_seen, last_seen, count, set_aside, _, _, _ in rows:
            row_id = new.pop(key, None)
            if row_id is None:
                updated.append((ids[key], first_seen, last_seen, count, set_aside))
            else:
                inserted.append((row_id, key, first_seen, last_seen, count, set_aside))
        updated.sort(key=_FIRST)
        await self._run("identifiers/insert", inserted)
        await self._enter("identifiers", [(hashes(row[1]), row[0]) for row in inserted])
        await self._run("identifiers/update", updated)

    async def place_identifiers(self, rows: Collection[Placed]) -> None:
        ids = self._ids
        placed = [
            (
                ids[key],
                set_aside,
                None if cluster is None else ids[cluster],
                None if profile is None else ids[profile],
                contested,
            )
            for key, set_aside, cluster, profile, contested in rows
        ]
        placed.sort(key=_FIRST)
        await self._run("identifiers/place", placed)

    async def replace_refusals(self, keys: Collection[Key], refusals: Collection[Refusal]) -> None:
        ids = self._ids
        await self._run("refusals/delete_among", [(row_id,) for row_id in self._ids_of(keys)])
        await self._run("refusals/insert", [
            (ids[low], ids[high], kind, reason, namespace) for low, high, kind, reason, namespace in refusals
        ])  # fmt: skip

    async def write_traits(self, held: Collection[Held]) -> None:
        ids = self._ids
        self._ids_of({key for key, _, _ in held})
        rows = [(ids[key], name, write.at, write.event, write.source, _json(write.value)) for key, name, write in held]
        rows.sort(key=_FIRST)
        await self._run("traits/write", rows)

    async def drop_traits(self, keys: Collection[Key]) -> None:
        await self._run("traits/drop", [(row_id,) for row_id in self._ids_of(keys)])

    async def append_decisions(self, decisions: Collection[Decision]) -> None:
        await self._run("decisions/append", [(decision.id, *decision) for decision in decisions])

    async def put_notes(self, notes: Mapping[str, str]) -> None:
        await self._run("notes/put", notes.items())

    async def clear_computed(self) -> None:
        await self.clear_matching()
        for text in statements("rebuild/clear", "sql"):
            self._connection.execute(text)
        self._ids.clear()
        self._new.clear()
        self._last_id = None

    def _seqs_of(self, events: Collection[str]) -> Mapping[str, int]:
        """Sequence numbers by event id, of more events than those asked for."""
        seqs = self._seqs
        if missing := [event for event in events if event not in seqs]:
            seqs.update(self._hashed("events/seqs", missing))
        return seqs

    async def _enter(self, area: str, rows: Iterable[tuple[int, int]]) -> None:
        """Enter new hashes with the number of the row of each, and put earlier ones where they stay."""
        entered = sorted(rows)
        await self._run(f"{area}/hash", entered)
        if passed := passed_by([number for _, number in entered]):
            await self._run(f"{area}/sort_in", passed)
            await self._run(f"{area}/drop_sorted", passed)

    async def _run(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        # A large transaction takes a while, and SQLite has this process to itself meanwhile: others go in between.
        await asyncio.sleep(0)
        self._connection.executemany(statement(name, "sql"), rows)


_reads: type[Reading] = SqliteReading
_writes: type[Writing] = SqliteWriting


def _columns(kind: type[R], rows: Iterable[R]) -> Sequence[Sequence[Any]]:
    return Columnar.of(kind, rows).columns


def _json(value: object) -> str:
    if isinstance(value, set | frozenset):
        value = list(value)
    return orjson.dumps(value).decode()
