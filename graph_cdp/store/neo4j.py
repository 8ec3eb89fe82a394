"""Neo4j, the store for production: a server that many processes share and that analysts explore."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncSession,
    NotificationMinimumSeverity,
)
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    Forbidden,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph_cdp.config import CHANGES_KEPT_DEFAULT, StoreUrl
from graph_cdp.errors import StoreAccessError, StoreError, StoreFullError, StoreUnavailableError
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.neo4j_gathering import Gathering
from graph_cdp.store.neo4j_session import HalfDoneError, Neo4jReading
from graph_cdp.store.neo4j_wire import ReadingWire, Wire
from graph_cdp.store.neo4j_writing_session import Neo4jWriting
from graph_cdp.store.port import Reading, Store, Writing
from graph_cdp.store.statements import migrations, pending_migrations, statement, statements

T = TypeVar("T")

_CONFLICT_S = 120.0
_RACE_S = 20.0
_OUTAGE_S = 10.0
_PASSING_S = 5.0
_GONE = "Neo.ClientError.Statement.EntityNotFound"
_ALREADY_THERE = "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists"
_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 1.0
_CONNECT_S = 10.0
_IDLE_S = 60.0

_VERSION = "schema_version"
_NO_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_MEMORY = ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "Neo.TransientError.General.OutOfMemoryError")


class Neo4jStore:
    """An open Neo4j store, for one event loop. Opening connects, and brings the schema to this program's version.

    Writers, of any number of processes, hold what they change; those in each other's way wait or run again.
    A reader sees what is committed while it reads: Neo4j has no older view to give it.
    """

    one_moment = False
    group_events = 500

    def __init__(self, url: StoreUrl, ids: ProfileIds, changes_kept: int = CHANGES_KEPT_DEFAULT) -> None:
        self.ids = ids
        self._changes_kept = changes_kept
        self._url = url
        self._gathering = Gathering(self._reading_session)
        with self._translated():
            self._driver = AsyncGraphDatabase.driver(
                url.address,
                auth=None if url.user is None else (url.user, url.password or ""),
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
                connection_timeout=_CONNECT_S,
                liveness_check_timeout=_IDLE_S,
            )

    @classmethod
    async def open(cls, url: StoreUrl, ids: ProfileIds, changes_kept: int = CHANGES_KEPT_DEFAULT) -> Self:
        """Connect, and bring the schema to this program's version. Raises StoreError."""
        store = cls(url, ids, changes_kept)
        try:
            notes = await store.read(lambda tx: tx.notes())
            with store._translated():
                async with store._session(WRITE_ACCESS) as session:
                    await _migrate(session, int(notes.get(_VERSION, 0)))
        except BaseException:
            await store.close()
            raise
        return store

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        """Run `work` on one view, in which every statement sees what is committed by then.

        It is run again, for some seconds at most, where it met what another transaction was just doing.
        """
        failed_at = None
        with self._translated():
            while True:
                try:
                    async with ReadingWire(self._reading_session, self._gathering) as wire:
                        return await work(Neo4jReading(wire, self.ids))
                except (Neo4jError, HalfDoneError) as error:
                    # From the first failure on: a look at a whole store takes longer than failures are borne.
                    failed_at = failed_at or time.monotonic()
                    if not _is_passing(error) or time.monotonic() - failed_at > _PASSING_S:
                        raise
                await asyncio.sleep(_PAUSE_S)

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """Run `work` in one durable transaction, again as long as another writer is in its way."""
        failed_at, pause_s = None, _PAUSE_S
        while True:
            try:
                return await self._attempt(work)
            except (DriverError, Neo4jError) as error:
                # From the first failure on: an attempt may wait for locks longer than failures are borne.
                failed_at = failed_at or time.monotonic()
                if time.monotonic() - failed_at >= _patience_s(error):
                    raise self._error(error) from error
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - so that writers part
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def close(self) -> None:
        """Let go of connections."""
        await self._driver.close()

    async def _attempt(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        async with self._session(WRITE_ACCESS) as session, await session.begin_transaction() as tx:
            async with Wire(tx) as wire:
                writing = Neo4jWriting(wire, self.ids)
                result = await work(writing)
                await writing.finish(self._changes_kept)
            return result

    def _reading_session(self) -> AsyncSession:
        return self._session(READ_ACCESS)

    def _session(self, access: str) -> AsyncSession:
        # Lists travel in one record each, so there is nothing to fetch in parts.
        return self._driver.session(database=self._url.database, default_access_mode=access, fetch_size=-1)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the driver raises into the errors of this program."""
        try:
            yield
        except (DriverError, Neo4jError) as error:
            raise self._error(error) from error

    def _error(self, error: DriverError | Neo4jError) -> StoreError:
        """The error of this program. The server's own words stay out of it: they may quote values."""
        code = (isinstance(error, Neo4jError) and error.code) or type(error).__name__
        kind, text = StoreError, "the server failed: its log says why"
        match error:
            case AuthError():
                kind, text = StoreAccessError, "the server refused user or password: check the store URL"
            case Forbidden():
                kind, text = StoreAccessError, "this user may not do that: grant it, or name another user"
            case ServiceUnavailable() | SessionExpired():
                spoken = ", and speaks TLS" if "+s" in self._url.scheme else ""
                kind, text = StoreUnavailableError, f"the server cannot be reached: check that Neo4j runs there{spoken}"
            case ConfigurationError():
                text = "the server cannot be reached in this way: check the scheme of the store URL"
            case Neo4jError() if code == _NO_DATABASE:
                text = f"there is no database '{self._url.database}': name another in the store URL"
            case Neo4jError() if code in _MEMORY:
                text = "the server's memory is too small for this: give it more, or load smaller batches"
            case _ if "No space left" in str(error):
                kind, text = StoreFullError, "the server's disk is full. What was not acknowledged was not written"
            case _ if patience_s := _patience_s(error):
                kind = StoreUnavailableError
                text = f"other writers have been in the way for {patience_s:.0f} s: try again when they are done"
        return kind(f"{self._url.address}: {text} ({code}).")


_: type[Store] = Neo4jStore


def _patience_s(error: DriverError | Neo4jError) -> float:
    """For how long work is run again after such an error."""
    match error:
        case ServiceUnavailable() | SessionExpired():
            return _OUTAGE_S
        case ConstraintError():
            return _RACE_S
        case Neo4jError() if error.code == _GONE or (error.is_retryable() and error.code not in _MEMORY):
            return _CONFLICT_S
        case _:
            return 0.0


def _is_passing(error: Neo4jError | HalfDoneError) -> bool:
    """Whether a reader met what another transaction is just doing, such as removing a node it had found."""
    return isinstance(error, HalfDoneError) or error.code == _GONE or error.is_retryable()


async def _migrate(session: AsyncSession, version: int) -> None:
    """Bring the schema to this program's version; several processes may try at once."""
    for name in pending_migrations("cypher", version):
        for text in statements(name, "cypher"):
            await _make(session, text)
    newest = migrations("cypher")[-1][0]
    if version < newest:
        await session.execute_write(_run, statement("notes/put", "cypher"), rows=[[_VERSION, str(newest)]])


async def _make(session: AsyncSession, text: str) -> None:
    """Run a statement of a migration, until what it makes is there."""
    started = time.monotonic()
    while True:
        try:
            return await session.execute_write(_run, text)
        except Neo4jError as error:
            # IF NOT EXISTS looks before it makes: another process is making the same, and nothing holds it yet.
            if error.code != _ALREADY_THERE or time.monotonic() - started > _CONFLICT_S:
                raise
        await asyncio.sleep(_PAUSE_S)


async def _run(tx: AsyncManagedTransaction, /, text: str, **parameters: object) -> None:
    result = await tx.run(text, parameters)
    await result.consume()
