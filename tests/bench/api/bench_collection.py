"""Collection over HTTP, beside the same events stored in process on the same kind of store."""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from graph_cdp.config import StoreUrl
from graph_cdp.demo.traffic import bench_events
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.service.in_force import InForce
from graph_cdp.store.open import open_store
from tests.bench.api.loading import ROUNDS, filled, requests_file, served, sizes, times, turn
from tests.bench.events import ID_KEY, NOW, policy
from tests.bench.table import Row
from tests.neo4j_servers import wipe

_BATCH = 100
_BATCH_CONNECTIONS = 64
_CLIENTS = 64
_SEED = 7
_WARM_UPS = 1  # a server that has just started takes three times as long for an event

Fresh = Callable[[Path], StoreUrl]
"""Gives an empty store; the folder is one for its files alone."""


def sqlite(folder: Path) -> StoreUrl:
    """An empty file."""
    return StoreUrl.parse(f"sqlite:///{folder / 'graph.db'}")


def neo4j(store: str) -> Fresh:
    """A server that is wiped each time."""

    def fresh(_: Path) -> StoreUrl:
        wipe(store, schema=True)
        return StoreUrl.parse(store)

    return fresh


def batches(fresh: Fresh, count: int) -> list[Row]:
    """Batches of 100 by `/v1/batch`, beside `graph-cdp ingest`."""
    ours, ceiling, kind = [], [], ""
    for folder in _folders(_WARM_UPS + ROUNDS):
        url = fresh(folder)
        kind = "SQLite" if url.is_sqlite else "Neo4j"
        ceiling.append(count / filled(url, folder, count))
        expected = sizes(url)
        _drop(url)
        requests = requests_file(folder / "requests", _batches(count))
        with served(url := fresh(folder), folder) as service:
            ours.append(count / turn(service.url, requests, _BATCH_CONNECTIONS).seconds)
        # How links were ordered, and so the profiles, hangs on the times, which here are those of today.
        assert sizes(url)[:3] == expected[:3]
    ours, ceiling = ours[_WARM_UPS:], ceiling[_WARM_UPS:]
    ratio = statistics.median(one / other for one, other in zip(ours, ceiling, strict=True))
    name = f"collect {count:,} events by /v1/batch of {_BATCH}, {kind}; beside ingest in process"
    note = f"{_BATCH_CONNECTIONS} connections"
    return [Row(name, statistics.median(ours), statistics.median(ceiling), "events/s", ratio, ">= 0.7", note)]


def singles(count: int) -> list[Row]:
    """Posts of one event each by 64 clients, beside as many tasks that hand the events over in process."""
    ours, ceiling = [], []
    for folder in _folders(ROUNDS):
        ceiling.append(count / asyncio.run(_handed_over(sqlite(folder), count)))
        expected = sizes(sqlite(folder))
        _drop(sqlite(folder))
        requests = requests_file(
            folder / "requests", ((f"/v1/{one['type']}", one) for one in bench_events(count, _SEED))
        )
        with served(sqlite(folder), folder) as service:
            ours.append(turn(service.url, requests, _CLIENTS))
        assert sizes(sqlite(folder))[:3] == expected[:3]
    rates = [one.rate for one in ours]
    ratio = statistics.median(one / other for one, other in zip(rates, ceiling, strict=True))
    name = f"collect {count:,} events one by one, {_CLIENTS} clients, SQLite; beside group commit in process"
    row = Row(
        name, statistics.median(rates), statistics.median(ceiling), "requests/s", ratio, ">= 2,000/s", times(ours)
    )
    return [row]


async def _handed_over(url: StoreUrl, count: int) -> float:
    store, rules = await open_store(url, ProfileIds(ID_KEY)), Rules.of(policy())
    commits = GroupCommit(store, InForce(rules))
    events = iter(list(bench_events(count, _SEED)))

    async def client() -> None:
        for event in events:
            read = rules.reader.read(event, source="web", now=NOW)
            await commits.submit([read])  # type: ignore[list-item]  # the benches' events are good ones

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    taken = time.perf_counter() - begun
    await commits.close()
    await store.close()
    return taken


def _batches(count: int) -> Iterator[tuple[str, Any]]:
    events = bench_events(count, _SEED)
    while batch := list(islice(events, _BATCH)):
        yield "/v1/batch", {"batch": batch}


def _folders(count: int) -> Iterator[Path]:
    for _ in range(count):
        folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _drop(url: StoreUrl) -> None:
    if url.is_sqlite:
        for file in Path(url.path).parent.glob(f"{Path(url.path).name}*"):
            file.unlink()
