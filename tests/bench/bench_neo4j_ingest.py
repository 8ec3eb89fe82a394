"""Loading a file into Neo4j, beside a bare `UNWIND … MERGE` of its events, identifiers and links in the same batches.

The ceiling does no reading, no parsing, no deciding, and keeps no profiles, traits or refusals: its rows are at hand in
memory, summed up by batch already. It goes through the same driver and commits at the same places.
"""

import argparse
import asyncio
import gc
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neo4j import AsyncGraphDatabase, AsyncManagedTransaction

from graph_cdp.config import StoreUrl
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Identifier
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds, evidence_of
from graph_cdp.service.load import Loaded, Source, load
from graph_cdp.service.read_ahead import prepared_batches
from graph_cdp.store.neo4j import Neo4jStore
from tests.bench.events import ID_KEY, NOW, events_file, policy
from tests.bench.table import Row, show
from tests.neo4j_servers import wipe

CEILING = Path(__file__).with_name("neo4j_ceiling.cypher").read_text().rstrip().removesuffix(";").split(";\n")

Batch = list[dict[str, list[dict[str, Any]]]]


def rows(store: str, count: int = 200_000, repeat: int = 3, batch_rows: int = 10_000) -> list[Row]:
    """The rate of loading `count` events into the server of a store URL, ours and the ceiling's in turn; medians.

    The server's data are wiped.
    """
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
    url = StoreUrl.parse(store)
    try:
        path = events_file(folder, count)
        source = Source(path, None, "web")
        batches = [_parameters(one.events) for one in prepared_batches(source, policy(), NOW, None, batch_rows)]
        asyncio.run(_warmed_up(store, url, path, batches[:4]))
        ours, ceiling = [], []
        for _ in range(repeat):
            wipe(store, schema=True)
            ours.append(count / asyncio.run(_load(url, path, batch_rows)))
            wipe(store)
            ceiling.append(count / asyncio.run(_replay(url, batches)))
        ratio = statistics.median(one / other for one, other in zip(ours, ceiling, strict=True))
        name = f"ingest {count:,} events into Neo4j, durable"
        note = f"{batch_rows:,} events a transaction"
        return [
            Row(name, statistics.median(ours), statistics.median(ceiling), "events/s", ratio, ">= 0.6", note),
        ]
    finally:
        shutil.rmtree(folder)


async def _load(url: StoreUrl, path: Path, batch_rows: int) -> float:
    store = await Neo4jStore.open(url, ProfileIds(ID_KEY))
    rules = Rules.of(policy())
    begun = time.perf_counter()
    loaded: Loaded = await load(store, Source(path, None, "web"), rules, NOW, batch_rows, _unexpected, _silent)
    taken = time.perf_counter() - begun
    await store.close()
    assert loaded.accepted + loaded.duplicates == loaded.rows, loaded
    return taken


async def _replay(url: StoreUrl, batches: Sequence[Batch]) -> float:
    async with (
        AsyncGraphDatabase.driver(url.address, auth=(url.user, url.password)) as driver,
        driver.session(database=url.database) as session,
    ):
        gc.disable()
        begun = time.perf_counter()
        for batch in batches:
            await session.execute_write(_replay_batch, batch)
        taken = time.perf_counter() - begun
        gc.enable()
        return taken


async def _replay_batch(tx: AsyncManagedTransaction, batch: Batch) -> None:
    for text, parameters in zip(CEILING, batch, strict=True):
        await (await tx.run(text, parameters)).consume()


async def _warmed_up(store: str, url: StoreUrl, path: Path, batches: Sequence[Batch]) -> None:
    """Let the server compile its plans, and its Java machine its code, before anything is measured."""
    wipe(store, schema=True)
    await (await Neo4jStore.open(url, ProfileIds(ID_KEY))).close()
    await _replay(url, batches)
    wipe(store)


def _parameters(events: Sequence[Event]) -> Batch:
    evidence = evidence_of({event.id: event for event in events}.values())
    return [
        {
            "events": [
                {
                    "id": event.id, "type": event.type, "name": event.name, "at": event.at,
                    "received_at": event.received_at, "source": event.source, "body": event.body.decode(),
                    "digest": event.digest.hex(),
                }
                for event in events
            ]
        },
        {
            "identifiers": [
                {"key": key, **Identifier.of(key)._asdict(), **span._asdict()} for key, span in evidence.spans.items()
            ]
        },
        {"names": [{"event": event.id, "key": key} for event in events for key in event.keys]},
        {"links": [link._asdict() for link in evidence.links]},
    ]  # fmt: skip


def _unexpected(reject: object) -> None:
    raise AssertionError(reject)


def _silent(*_: object) -> None:
    pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default=os.environ.get("GRAPH_CDP_TEST_NEO4J"), help="a server; its data are wiped")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--batch-rows", type=int, default=10_000)
    arguments = parser.parse_args()
    show(rows(arguments.store, arguments.events, arguments.repeat, arguments.batch_rows))
