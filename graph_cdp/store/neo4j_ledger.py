"""The ledger in Neo4j: parts of what one transaction can do.

Commits and entries are numbered by counters. A transaction takes a counter last of all and holds it until it is
committed, so the next number is not given before this one can be seen.
"""

from collections.abc import Collection, Sequence
from typing import Any

from graph_cdp.domain.access import ApiKey, AuditEntry
from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.domain.times import Millis
from graph_cdp.store.ledger_rows import PRUNED_AT_ONCE, Announcements, commit_of, pruned_below
from graph_cdp.store.neo4j_wire import Wire


class Neo4jLedgerReading:
    """Reads the ledger."""

    _wire: Wire

    async def commits_after(self, seq: int, limit: int) -> list[Commit]:
        return [commit_of(*row) for row in (await self._wire.alone("commits/after", seq=seq, limit=limit))[0]]

    async def newest_seq(self) -> int:
        return int((await self._wire.alone("commits/newest"))[0])

    async def keys(self) -> list[ApiKey]:
        return [_key(row) for row in (await self._wire.alone("keys/all"))[0]]

    async def keys_by_id(self, ids: Collection[str]) -> dict[str, ApiKey]:
        return {row[0]: _key(row) for row in (await self._wire.alone("keys/by_id", ids=list(ids)))[0]}

    async def audit_page(self, after: int, limit: int, who: str | None = None) -> list[AuditEntry]:
        rows = (await self._wire.alone("audit/page", after=after, limit=limit, who=who))[0]
        return [AuditEntry(*row) for row in rows]


class Neo4jLedgerWriting(Neo4jLedgerReading):
    """Writes the ledger."""

    _announced: Announcements
    _audited: list[AuditEntry]

    async def announce(self, touched: Collection[bytes], changes: Collection[IdentityChange]) -> None:
        self._announced.add(touched, changes)

    async def append_keys(self, keys: Collection[ApiKey]) -> None:
        rows = [[key.id, key.digest.hex(), key.label, list(key.scopes), *key[4:]] for key in keys]
        await self._wire.send("keys/append", rows)

    async def revoke_keys(self, ids: Collection[str], at: Millis) -> None:
        await self._wire.send("keys/revoke", sorted([key_id, at] for key_id in ids))

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self._audited.extend(entries)

    async def write_ledger(self, kept: int) -> None:
        """Write what was audited and announced, and forget commits older than the newest `kept`.

        Always in this order, so that no two transactions wait for each other's counter.
        """
        await self._wire.send("audit/append", [list(entry[1:]) for entry in self._audited])
        if rows := [list(row) for row in self._announced.rows()]:
            newest = await self._wire.rows("commits/append", rows=rows)
            last = pruned_below(newest, len(rows), kept)
            if last is not None:
                await self._wire.start("commits/prune", last=last, limit=PRUNED_AT_ONCE)


def _key(row: Sequence[Any]) -> ApiKey:
    key_id, digest, label, scopes, source, made_at, revoked_at = row
    return ApiKey(key_id, bytes.fromhex(digest), label, tuple(scopes), source, made_at, revoked_at)
