"""What Neo4j keeps for matching: parts of what one transaction can do.

A key is a node that writers hold: whoever brings a record under it sees the records that others brought before.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.matching import Candidate, MatchRecord
from graph_cdp.store.matching_port import Near, Under
from graph_cdp.store.neo4j_rows import link_of
from graph_cdp.store.neo4j_wire import Wire


class Neo4jMatchingReading:
    """Reads what is kept for matching."""

    _wire: Wire
    _nodes: dict[Key, int]

    async def _nodes_of(self, keys: Collection[Key]) -> list[int]:
        raise NotImplementedError

    def _pages(self, name: str) -> AsyncIterator[list[Any]]:
        raise NotImplementedError

    async def records(self, keys: Collection[Key]) -> dict[Key, MatchRecord]:
        rows = await self._wire.rows("matching/records", identifiers=await self._nodes_of(keys))
        return {row[0]: _record(row) for row in rows}

    async def records_under(self, blocking: Collection[str], most: int) -> dict[Key, MatchRecord]:
        rows = await self._wire.rows("matching/under", keys=list(blocking), most=most)
        return {row[0]: _record(row) for row in rows}

    async def usable_records(self, keys: Collection[Key], most: int) -> dict[Key, MatchRecord]:
        nodes = await self._nodes_of(keys)
        rows, usable = await self._wire.record("matching/usable", identifiers=nodes, most=most)
        blocking: dict[Key, list[str]] = {key: [] for key, _ in rows}
        for one, found in usable:
            for key in found:
                blocking[key].append(one)
        return {key: _record([key, fields, blocking[key]]) for key, fields in rows}

    async def named_with(self, keys: Collection[Key], namespaces: Collection[str]) -> dict[Key, list[Key]]:
        nodes, found = await self._nodes_of(keys), dict[Key, list[Key]]()
        for key, other in await self._wire.rows("matching/linked", identifiers=nodes, namespaces=list(namespaces)):
            found.setdefault(key, []).append(other)
        return found

    async def candidates_of(self, keys: Collection[Key]) -> list[Candidate]:
        rows = await self._wire.rows("matching/candidates", identifiers=await self._nodes_of(keys))
        return [Candidate(*row) for row in rows]

    async def near(self, keys: Collection[Key]) -> Near:
        nodes = await self._nodes_of(keys)
        candidates, decisions, matched = await self._wire.record("matching/near", identifiers=nodes, keys=list(keys))
        return Near(
            [Candidate(*row) for row in candidates],
            [Decision(*row) for row in decisions],
            [link_of(row) for row in matched],
        )

    async def scan_records(self) -> AsyncIterator[list[MatchRecord]]:
        async for rows in self._pages("matching/scan_records"):
            yield [_record(row) for row in rows]

    async def scan_candidates(self) -> AsyncIterator[list[Candidate]]:
        async for rows in self._pages("matching/scan_candidates"):
            yield [Candidate(*row) for row in rows]


class Neo4jMatchingWriting(Neo4jMatchingReading):
    """Writes what is kept for matching."""

    _recordless: set[Key]

    async def records(self, keys: Collection[Key]) -> dict[Key, MatchRecord]:
        ask = [key for key in keys if key not in self._recordless]
        return await super().records(ask) if ask else {}

    async def lock_blocking(self, blocking: Collection[str]) -> None:
        if blocking:
            await self._wire.rows("matching/lock_keys", keys=sorted(blocking))

    async def lock_under(self, blocking: Collection[str], most: int, count_to: int) -> Under:
        if not blocking:
            return Under({}, {})
        crowds, rows = await self._wire.record(
            "matching/lock_under", keys=sorted(blocking), most=most, count_to=count_to
        )
        return Under(dict(crowds), {row[0]: _record(row) for row in rows})

    async def put_records(self, records: Collection[MatchRecord]) -> None:
        await self._nodes_of([record.key for record in records])
        rows = [[self._nodes[record.key], record.fields, list(record.blocking)] for record in records]
        self._recordless.difference_update(record.key for record in records)
        await self._wire.send("matching/put_records", rows)

    async def drop_records(self, keys: Collection[Key]) -> None:
        await self._wire.send("matching/drop_records", await self._nodes_of(keys), "identifiers")

    async def put_candidates(self, candidates: Collection[Candidate]) -> None:
        await self._nodes_of({key for one in candidates for key in one.pair})
        nodes = self._nodes
        await self._wire.send(
            "matching/put_candidates", [[nodes[low], nodes[high], *of] for low, high, *of in candidates]
        )

    async def drop_candidates(self, pairs: Collection[Pair]) -> None:
        await self._nodes_of({key for pair in pairs for key in pair})
        nodes = self._nodes
        await self._wire.send("matching/drop_candidates", [[nodes[low], nodes[high]] for low, high in pairs])

    async def put_matched(self, links: Collection[Link]) -> None:
        nodes = self._nodes
        await self._nodes_of({key for link in links for key in link.pair})
        rows = [[nodes[low], nodes[high], *evidence] for low, high, _, *evidence in links]
        await self._wire.send("links/put_matched", rows)

    async def withdraw_matched(self, pairs: Collection[Pair]) -> None:
        nodes = self._nodes
        await self._nodes_of({key for pair in pairs for key in pair})
        await self._wire.send("links/withdraw_matched", [[nodes[low], nodes[high]] for low, high in pairs])

    async def clear_matching(self) -> None:
        await self._wire.send_all("matching/clear")


def _record(row: Sequence[Any]) -> MatchRecord:
    key, fields, blocking = row
    return MatchRecord(key, fields, tuple(sorted(blocking)))
