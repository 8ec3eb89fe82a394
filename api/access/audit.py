"""Who used which key, and who read whose personal values: entries for the audit log, written in groups."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from api.access.principal import Principal
from graph_cdp.domain.access import AuditEntry
from graph_cdp.domain.times import Millis
from graph_cdp.errors import StoreError, StoreUnavailableError
from graph_cdp.service.audit import record
from graph_cdp.store.port import Store

USE_EVERY_MS: Final = 60_000
"""The use of a key is entered once a minute by each worker, however often it is used."""

_GATHER_S = 0.25
_GATHER_WAITING_S = 0.002
_RETRY_S = 1.0
_LAST_TRIES = 3
_MOST_ENTRIES = 10_000
_IDS_AN_ENTRY = 100
_MOST_REMEMBERED = 10_000
_LOG = logging.getLogger(__name__)


class Audit:
    """Takes entries, and writes those that came at about the same time in one transaction.

    `wait`: who enters a read waits until the entry is durable; else it follows within a second, and a worker that is
    killed loses at most those. While the store cannot be written entries are kept; where too many are, callers get
    StoreUnavailableError, so that nothing is read unseen.
    """

    def __init__(self, store: Store, now: Callable[[], Millis], *, wait: bool) -> None:
        self._store = store
        self._now = now
        self._wait = wait
        self._pending: list[AuditEntry] = []
        self._durable: asyncio.Future[None] | None = None
        self._wake = asyncio.Event()
        self._used_at: dict[str, Millis] = {}
        self._writer: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Begin to write."""
        self._writer = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Write what is left; what cannot be written after a few tries is counted in the log."""
        self._closing = True
        self._wake.set()
        if self._writer is not None:
            await self._writer

    def key_used(self, principal: Principal) -> None:
        """Enter that a key or a token is in use, once a minute."""
        now, who = self._now(), principal.id
        if now - self._used_at.get(who, -USE_EVERY_MS) < USE_EVERY_MS:
            return
        if len(self._used_at) >= _MOST_REMEMBERED:
            self._used_at = {name: at for name, at in self._used_at.items() if now - at < USE_EVERY_MS}
        self._used_at[who] = now
        self._add([AuditEntry(0, now, who, "use_key", who, "")])

    async def personal_read(self, principal: Principal, profile_ids: Sequence[str]) -> None:
        """Enter that somebody who may `read:pii` is given profiles; without any there is nothing to enter."""
        now = self._now()
        entries = [AuditEntry(0, now, principal.id, "read_personal", " ".join(ids), "") for ids in _parts(profile_ids)]
        if not entries:
            return
        self._add(entries)
        if self._wait:
            if self._durable is None:
                self._durable = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._durable)

    def _add(self, entries: Sequence[AuditEntry]) -> None:
        if len(self._pending) >= _MOST_ENTRIES:
            raise StoreUnavailableError("The audit log cannot be written.")
        self._pending += entries
        self._wake.set()

    async def _work(self) -> None:
        while self._pending or not self._closing:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_WAITING_S if self._wait or self._closing else _GATHER_S)
            if not self._closing:
                self._wake.clear()
            tries = 0
            while not await self._write():
                tries += 1
                if self._closing and tries >= _LAST_TRIES:
                    _LOG.error("audit entries are lost, as the store cannot be written: %d", len(self._pending))
                    return
                await asyncio.sleep(_RETRY_S)

    async def _write(self) -> bool:
        entries, durable = self._pending, self._durable
        if not entries:
            return True
        self._pending, self._durable = [], None
        try:
            await self._store.write(lambda tx: record(tx, entries))
        except StoreError as error:
            _LOG.warning("the audit log cannot be written now: %s", error.code)
            self._pending = [*entries, *self._pending]
            if durable is not None:
                durable.set_exception(error)
            return False
        if durable is not None and not durable.done():
            durable.set_result(None)
        return True


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(ids))
    while part := list(islice(rest, _IDS_AN_ENTRY)):
        yield part
