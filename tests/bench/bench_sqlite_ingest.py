"""Loading a file into SQLite, beside a bare executemany of the very rows that it writes, in the same batches.

The ceiling does no reading, no parsing, no deciding: it replays the writing statements with their rows, which are
at hand in memory, and commits at the same places, on the same disk, as durably. Both end with the database closed.
"""

import argparse
import asyncio
import gc
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.load import Loaded, Source, load
from graph_cdp.store import sqlite_session
from graph_cdp.store.sqlite import SqliteStore
from graph_cdp.store.statements import statement
from tests.bench.events import ID_KEY, NOW, events_file, policy
from tests.bench.table import Row, show

Rows = list[tuple[object, ...]]
Batch = list[tuple[str, Rows]]


def rows(count: int = 200_000, repeat: int = 3, batch_rows: int = 10_000) -> list[Row]:
    """The rate of loading `count` events, ours and the ceiling's, taken in turn; medians."""
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
    try:
        path = events_file(folder, count)
        written = _recorded(path, folder, batch_rows)
        ours, ceiling = [], []
        for turn in range(repeat):
            ours.append(count / _load(path, folder / f"ours-{turn}.db", batch_rows))
            ceiling.append(count / _replay(written, folder / f"ceiling-{turn}.db"))
        ratio = statistics.median(one / other for one, other in zip(ours, ceiling, strict=True))
        return [
            Row(
                f"ingest {count:,} events into SQLite, durable",
                statistics.median(ours),
                statistics.median(ceiling),
                "events/s",
                ratio,
                ">= 0.5",
                f"{sum(len(rows) for batch in written for _, rows in batch):,} rows written",
            )
        ]
    finally:
        shutil.rmtree(folder)


def _load(path: Path, database: Path, batch_rows: int) -> float:
    store = SqliteStore(database, ProfileIds(ID_KEY))
    rules = Rules.of(policy())

    async def work() -> Loaded:
        try:
            return await load(store, Source(path, None, "web"), rules, NOW, batch_rows, _unexpected, _silent)
        finally:
            await store.close()

    begun = time.perf_counter()
    loaded = asyncio.run(work())
    taken = time.perf_counter() - begun
    assert loaded.accepted + loaded.duplicates == loaded.rows, loaded
    _remove(database)
    return taken


def _recorded(path: Path, folder: Path, batch_rows: int) -> list[Batch]:
    """The rows that loading writes, by statement, one list a commit."""
    batches: list[Batch] = [[]]
    run, commit = sqlite_session.SqliteWriting._run, "notes/put"

    async def record(self: sqlite_session.SqliteWriting, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        kept = list(rows)
        batches[-1].append((name, kept))
        if name == commit:
            batches.append([])
        await run(self, name, kept)

    sqlite_session.SqliteWriting._run = record
    try:
        _load(path, folder / "recorded.db", batch_rows)
    finally:
        sqlite_session.SqliteWriting._run = run
    return [batch for batch in batches if batch]


def _replay(batches: list[Batch], database: Path) -> float:
    asyncio.run(SqliteStore(database, ProfileIds(ID_KEY)).close())
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("synchronous = FULL", "cache_size = -524288", "wal_autocheckpoint = 131072"):
        connection.execute(f"PRAGMA {pragma}")
    texts = {name: statement(name, "sql") for batch in batches for name, _ in batch}
    gc.disable()
    begun = time.perf_counter()
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        for name, rows in batch:
            connection.executemany(texts[name], rows)
        connection.commit()
    # What closes last moves the log into the file, as ours does.
    connection.close()
    taken = time.perf_counter() - begun
    gc.enable()
    _remove(database)
    return taken


def _remove(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


def _unexpected(reject: object) -> None:
    raise AssertionError(reject)


def _silent(*_: object) -> None:
    pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--batch-rows", type=int, default=10_000)
    arguments = parser.parse_args()
    show(rows(arguments.events, arguments.repeat, arguments.batch_rows))
