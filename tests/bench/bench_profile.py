"""How long a profile by identifier takes in a large store: identifiers, traits, newest events and refusals."""

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from itertools import islice
from pathlib import Path

from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Key
from graph_cdp.policies import Rules
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.load import Source, load
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Reading, Store
from tests.bench.events import ID_KEY, NOW, events_file, policy
from tests.bench.table import Row, show

_ASKED = 2_000
_TARGET_MS = {True: 5, False: 10}


def rows(count: int = 1_000_000, store_url: str | None = None) -> list[Row]:
    """The 99th percentile of asking for profiles at random, one after the other; the ceiling is the median.

    `store_url` names an empty Neo4j to fill; without it a SQLite file is made.
    """
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
    url = StoreUrl.parse(store_url or f"sqlite:///{folder / 'store.db'}")
    try:
        times = asyncio.run(_times(url, events_file(folder, count)))
    finally:
        shutil.rmtree(folder)
    times.sort()
    p99, median = (1000 * times[len(times) * part // 100] for part in (99, 50))
    what = "SQLite" if url.is_sqlite else "Neo4j"
    name = f"profile by identifier at {count:,} events, {what}: p99 beside the median"
    return [Row(name, p99, median, "ms", p99 / median, f"p99 <= {_TARGET_MS[url.is_sqlite]} ms")]


async def _times(url: StoreUrl, path: Path) -> list[float]:
    rules = Rules.of(policy())
    store = await open_store(url, ProfileIds(ID_KEY))
    try:
        await load(store, Source(path, None, "web"), rules, NOW, 10_000, _unexpected, _silent)
        keys = await store.read(_some_keys)
        times = []
        for key in keys:
            begun = time.perf_counter()
            found = await _ask(store, key, rules)
            times.append(time.perf_counter() - begun)
            assert found is not None
        return times
    finally:
        await store.close()


async def _ask(store: Store, key: Key, rules: Rules) -> ProfileView | object | None:
    return await store.read(lambda tx: profile_of(tx, key, store, rules.policy))


async def _some_keys(tx: Reading) -> list[Key]:
    kept: list[Key] = []
    async for page in tx.scan_identifiers():
        kept += [seen.key for seen in islice(page, 0, None, 37)]
    return random.Random(7).choices(kept, k=_ASKED)


def _unexpected(reject: object) -> None:
    raise AssertionError(reject)


def _silent(*_: object) -> None:
    pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--store", help="the URL of an empty Neo4j; a SQLite file without it")
    arguments = parser.parse_args()
    show(rows(arguments.events, arguments.store))
