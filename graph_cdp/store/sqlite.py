"""SQLite, the embedded store: one file, no server, write-ahead log, durable commits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import apsw

from graph_cdp.config import CACHE_MIB_LOADING, CHANGES_KEPT_DEFAULT
from graph_cdp.errors import (
    StoreAccessError,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
)
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Reading, Store, Writing
from graph_cdp.store.sqlite_session import SqliteReading, SqliteWriting
from graph_cdp.store.statements import migrations, pending_migrations, statement, statements

T = TypeVar("T")

_BUSY_WAIT_S = 120.0
_BUSY_PAUSE_S = 0.002
_READER_CACHE_KIB = 64 * 1024
_IDLE_READERS = 8
_CHECKPOINT_PAGES = 131_072  # 512 MiB: a page that is written often is moved into the file once


class SqliteStore:
    """An open SQLite store. Writers of several processes wait for one another; readers wait for nobody.

    `path` None keeps everything in memory, where reading and writing share one connection. `changes_kept`: how many
    of the newest commits the feed of changes keeps. `cache_mib`: how much of the file the writing connection keeps.
    """

    one_moment = True
    group_events = 5_000

    def __init__(
        self,
        path: Path | None,
        ids: ProfileIds,
        changes_kept: int = CHANGES_KEPT_DEFAULT,
        cache_mib: int = CACHE_MIB_LOADING,
    ) -> None:
        self.ids = ids
        self._changes_kept = changes_kept
        self._path = path
        self._writing = asyncio.Lock()
        # Ends transactions in turn: whatever interrupts the wait for a commit, what follows comes after it.
        self._ending = ThreadPoolExecutor(1)
        with _translated(path):
            self._connection = self._connect(cache_mib * 1024)
            self._migrate()
            self._connection.set_busy_timeout(0)
        self._idle = list[apsw.Connection]()

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        """Run `work` on one consistent view."""
        if self._path is None:
            async with self._writing:
                return await work(SqliteReading(self._connection, self.ids))
        with _translated(self._path), self._reader() as connection:
            connection.execute("BEGIN")
            try:
                return await work(SqliteReading(connection, self.ids))
            finally:
                _roll_back(connection)

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """Run `work` in one durable transaction."""
        async with self._writing:
            with _translated(self._path):
                await self._begin()
                try:
                    writing = SqliteWriting(self._connection, self.ids)
                    result = await work(writing)
                    await writing.write_announced(self._changes_kept)
                    await self._commit()
                except BaseException:
                    self._ending.submit(_roll_back, self._connection).result()
                    raise
                return result

    async def close(self) -> None:
        """Let go of connections."""
        for reader in self._idle:
            reader.close()
        self._ending.shutdown()
        self._connection.close()

    async def _begin(self) -> None:
        """Become the one writer. Waits here and not within SQLite, where everything else would wait too."""
        started = time.monotonic()
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except apsw.BusyError:
                if time.monotonic() - started > _BUSY_WAIT_S:
                    raise
                await asyncio.sleep(_BUSY_PAUSE_S)
            else:
                return

    async def _commit(self) -> None:
        """Make the transaction durable. The disk is waited for beside the event loop, where readers go on meanwhile."""
        await asyncio.wrap_future(self._ending.submit(self._connection.execute, "COMMIT"))

    @contextmanager
    def _reader(self) -> Iterator[apsw.Connection]:
        """A connection that nobody reads with now; those that were used are kept, up to a few."""
        connection = self._idle.pop() if self._idle else self._connect(_READER_CACHE_KIB)
        try:
            yield connection
        finally:
            if len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
            else:
                connection.close()

    def _connect(self, cache_kib: int) -> apsw.Connection:
        connection = apsw.Connection(str(self._path or ":memory:"))
        try:
            connection.set_busy_timeout(int(_BUSY_WAIT_S * 1000))
            for pragma in (
                "synchronous = FULL",
                f"cache_size = -{cache_kib}",
                f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.create_scalar_function("own_id", lambda *keys: self.ids.of(str(*keys)), 1, deterministic=True)
        except apsw.Error:
            connection.close()
            raise
        return connection

    def _migrate(self) -> None:
        """Bring the schema to this program's version; several processes may try at once. Refuses another's file."""
        connection = self._connection
        exists, tables = next(connection.execute(statement("notes/exist", "sql")))
        if tables and not exists:
            raise StoreError(f"{self._path}: this is another program's database: name another file.")
        # The file remembers it.
        connection.execute("PRAGMA journal_mode = WAL")
        known = migrations("sql")
        if exists and self._version() == known[-1][0]:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(statement("notes/create", "sql"))
            for name in pending_migrations("sql", self._version()):
                for text in statements(name, "sql"):
                    connection.execute(text)
            connection.execute(statement("notes/put", "sql"), ("schema_version", str(known[-1][0])))
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise

    def _version(self) -> int:
        notes = dict(self._connection.execute(statement("notes/all", "sql")))
        return int(notes.get("schema_version", 0))


_: type[Store] = SqliteStore


def _roll_back(connection: apsw.Connection) -> None:
    # After some errors SQLite has done so already.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    """Turn what SQLite raises into the errors of this program."""
    place = path or ":memory:"
    try:
        yield
    except (apsw.FullError, apsw.IOError) as error:
        raise StoreFullError(
            f"{place}: no space is left on the disk ({error}). What was not acknowledged was not "
            "written: make room and run the command again."
        ) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise StoreAccessError(
            f"{place}: the file cannot be opened for writing ({error}): check that its folder exists "
            "and that you may write to both."
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreUnavailableError(
            f"{place}: another process has been writing for {_BUSY_WAIT_S:.0f} s: try again when it is done."
        ) from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise StoreError(f"{place}: this is not a graph-cdp store ({error}): name another file.") from error
