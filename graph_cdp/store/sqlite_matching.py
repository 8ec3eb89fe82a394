"""What SQLite keeps for matching: parts of what one transaction can do. The single writer holds every key."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from itertools import islice
from typing import Any

import apsw
import orjson

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.matching import Candidate, MatchRecord
from graph_cdp.store.matching_port import Near, Under
from graph_cdp.store.sqlite_rows import link_of
from graph_cdp.store.statements import statement, statements

_PAGE = 2_000


class SqliteMatchingReading:
    """Reads what is kept for matching."""

    _connection: apsw.Connection
    _ids: dict[Key, int]

    def _ids_of(self, keys: Collection[Key]) -> list[int]:
        raise NotImplementedError

    async def has_decisions(self) -> bool:
        raise NotImplementedError

    async def decisions_on(self, keys: Collection[Key]) -> list[Decision]:
        raise NotImplementedError

    async def records(self, keys: Collection[Key]) -> dict[Key, MatchRecord]:
        return {row[0]: _record(row) for row in self._matching("records", identifiers=self._ids_of(keys))}

    async def records_under(self, blocking: Collection[str], most: int) -> dict[Key, MatchRecord]:
        return {row[0]: _record(row) for row in self._matching("under", {"most": most}, keys=list(blocking))}

    async def usable_records(self, keys: Collection[Key], most: int) -> dict[Key, MatchRecord]:
        rows = self._matching("usable", {"most": most}, identifiers=self._ids_of(keys))
        return {row[0]: _record(row) for row in rows}

    async def named_with(self, keys: Collection[Key], namespaces: Collection[str]) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = {}
        for key, other in self._matching("linked", identifiers=self._ids_of(keys), namespaces=list(namespaces)):
            found.setdefault(key, []).append(other)
        return found

    async def candidates_of(self, keys: Collection[Key]) -> list[Candidate]:
        return [Candidate(*row) for row in self._matching("candidates", identifiers=self._ids_of(keys))]

    async def near(self, keys: Collection[Key]) -> Near:
        matched = [link_of(row) for row in self._matching("links", identifiers=self._ids_of(keys))]
        decisions = await self.decisions_on(keys) if await self.has_decisions() else []
        return Near(await self.candidates_of(keys), decisions, matched)

    async def scan_records(self) -> AsyncIterator[list[MatchRecord]]:
        cursor = self._matching("scan_records")
        while rows := [*islice(cursor, _PAGE)]:
            yield [_record(row) for row in rows]

    async def scan_candidates(self) -> AsyncIterator[list[Candidate]]:
        cursor = self._matching("scan_candidates")
        while rows := [*islice(cursor, _PAGE)]:
            yield [Candidate(*row) for row in rows]

    def _matching(self, name: str, plain: dict[str, object] | None = None, **lists: list[Any]) -> apsw.Cursor:
        given = {parameter: orjson.dumps(values).decode() for parameter, values in lists.items()}
        return self._connection.execute(statement(f"matching/{name}", "sql"), given | (plain or {}))


class SqliteMatchingWriting(SqliteMatchingReading):
    """Writes what is kept for matching."""

    async def lock_blocking(self, blocking: Collection[str]) -> None:
        """Nothing is left to hold: SQLite has one writer at a time."""

    async def lock_under(self, blocking: Collection[str], most: int, count_to: int) -> Under:
        crowds = dict(self._matching("crowds", {"most": count_to}, keys=list(blocking)))
        return Under(crowds, await self.records_under(blocking, most))

    async def put_records(self, records: Collection[MatchRecord]) -> None:
        self._ids_of([record.key for record in records])
        ids = self._ids
        self._write("put_records", [(ids[record.key], record.fields) for record in records])
        self._write("drop_keys", [(ids[record.key],) for record in records])
        self._write("put_keys", sorted((key, ids[record.key]) for record in records for key in record.blocking))

    async def drop_records(self, keys: Collection[Key]) -> None:
        ids = [(row_id,) for row_id in self._ids_of(keys)]
        self._write("drop_records", ids)
        self._write("drop_keys", ids)

    async def put_candidates(self, candidates: Collection[Candidate]) -> None:
        self._ids_of({key for one in candidates for key in one.pair})
        ids = self._ids
        self._write("put_candidates", sorted((ids[low], ids[high], *rest) for low, high, *rest in candidates))

    async def drop_candidates(self, pairs: Collection[Pair]) -> None:
        self._ids_of({key for pair in pairs for key in pair})
        ids = self._ids
        self._write("drop_candidates", [(ids[low], ids[high]) for low, high in pairs])

    async def put_matched(self, links: Collection[Link]) -> None:
        self._ids_of({key for link in links for key in link.pair})
        ids = self._ids
        rows = [
            (ids[low], ids[high], *rest, orjson.dumps(sources).decode(), score)
            for low, high, _, *rest, sources, score in links
        ]
        self._connection.executemany(statement("links/put_matched", "sql"), sorted(rows))

    async def withdraw_matched(self, pairs: Collection[Pair]) -> None:
        self._ids_of({key for pair in pairs for key in pair})
        ids = self._ids
        rows = [(ids[low], ids[high]) for low, high in pairs]
        self._connection.executemany(statement("links/withdraw_matched", "sql"), rows)

    async def clear_matching(self) -> None:
        for text in statements("matching/clear", "sql"):
            self._connection.execute(text)

    def _write(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._connection.executemany(statement(f"matching/{name}", "sql"), rows)


def _record(row: Sequence[Any]) -> MatchRecord:
    key, fields, blocking = row
    return MatchRecord(key, fields, tuple(sorted(orjson.loads(blocking))))
