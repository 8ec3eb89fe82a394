"""Whether the cost of an event stays flat as a SQLite store grows."""

import argparse
import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.load import Loaded, Source, load
from graph_cdp.store.sqlite import SqliteStore
from tests.bench.events import ID_KEY, NOW, events_file, policy
from tests.bench.table import Row, show

Mark = tuple[int, float]


def rows(count: int = 2_000_000) -> list[Row]:
    """The rate in the last tenth of a load beside the rate in its second tenth."""
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
    try:
        marks = asyncio.run(_load(events_file(folder, count), folder / "store.db"))
    finally:
        shutil.rmtree(folder)
    early = _rate(marks, count // 10, count // 5)
    late = _rate(marks, count - count // 10, count)
    name = f"SQLite, {count * 9 // 10:,} to {count:,} events beside {count // 10:,} to {count // 5:,}"
    return [Row(name, late, early, "events/s", late / early, ">= 0.85")]


async def _load(path: Path, database: Path) -> list[Mark]:
    marks: list[Mark] = [(0, time.perf_counter())]

    def mark(loaded: Loaded, *_: int) -> None:
        marks.append((loaded.rows, time.perf_counter()))

    store = SqliteStore(database, ProfileIds(ID_KEY))
    try:
        await load(store, Source(path, None, "web"), Rules.of(policy()), NOW, 10_000, _unexpected, mark)
    finally:
        await store.close()
    return marks


def _rate(marks: list[Mark], begin: int, end: int) -> float:
    within = [mark for mark in marks if begin <= mark[0] <= end]
    (first, begun), (last, ended) = within[0], within[-1]
    return (last - first) / (ended - begun)


def _unexpected(reject: object) -> None:
    raise AssertionError(reject)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    show(rows(parser.parse_args().events))
