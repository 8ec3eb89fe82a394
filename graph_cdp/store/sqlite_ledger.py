"""The ledger in SQLite: parts of what one transaction can do. The single writer numbers commits and entries."""

from collections.abc import Collection, Sequence
from typing import Any

import apsw
import orjson

from graph_cdp.domain.access import ApiKey, AuditEntry
from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.domain.times import Millis
from graph_cdp.store.ledger_rows import PRUNED_AT_ONCE, Announcements, commit_of, pruned_below
from graph_cdp.store.statements import statement


class SqliteLedgerReading:
    """Reads the ledger."""

    _connection: apsw.Connection

    async def commits_after(self, seq: int, limit: int) -> list[Commit]:
        return [commit_of(*row) for row in self._ledger("commits/after", seq=seq, limit=limit)]

    async def newest_seq(self) -> int:
        (seq,) = next(self._ledger("commits/newest"))
        return int(seq)

    async def keys(self) -> list[ApiKey]:
        return [_key(row) for row in self._ledger("keys/all")]

    async def keys_by_id(self, ids: Collection[str]) -> dict[str, ApiKey]:
        rows = self._ledger("keys/by_id", ids=orjson.dumps(list(ids)).decode())
        return {row[0]: _key(row) for row in rows}

    async def audit_page(self, after: int, limit: int, who: str | None = None) -> list[AuditEntry]:
        return [AuditEntry(*row) for row in self._ledger("audit/page", after=after, limit=limit, who=who)]

    def _ledger(self, name: str, **parameters: object) -> apsw.Cursor:
        return self._connection.execute(statement(name, "sql"), parameters)


class SqliteLedgerWriting(SqliteLedgerReading):
    """Writes the ledger."""

    _announced: Announcements

    async def announce(self, touched: Collection[bytes], changes: Collection[IdentityChange]) -> None:
        self._announced.add(touched, changes)

    async def append_keys(self, keys: Collection[ApiKey]) -> None:
        rows = [(*key[:3], orjson.dumps(key.scopes).decode(), *key[4:]) for key in keys]
        self._connection.executemany(statement("keys/append", "sql"), rows)

    async def revoke_keys(self, ids: Collection[str], at: Millis) -> None:
        self._connection.executemany(statement("keys/revoke", "sql"), [(key_id, at) for key_id in ids])

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self._connection.executemany(statement("audit/append", "sql"), [entry[1:] for entry in entries])

    async def write_announced(self, kept: int) -> None:
        """Write what was announced, and forget what is older than the newest `kept`."""
        if rows := self._announced.rows():
            self._connection.executemany(statement("commits/append", "sql"), rows)
            last = pruned_below(await self.newest_seq(), len(rows), kept)
            if last is not None:
                self._ledger("commits/prune", last=last, limit=PRUNED_AT_ONCE)


def _key(row: Sequence[Any]) -> ApiKey:
    key_id, digest, label, scopes, source, made_at, revoked_at = row
    return ApiKey(key_id, digest, label, tuple(orjson.loads(scopes)), source, made_at, revoked_at)
