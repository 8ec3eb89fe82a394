"""One new record beside those known, through a store: what its event costs. Milliseconds a record."""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
from neo4j import AsyncGraphDatabase

from api.ops.garbage import collected_seldom
from graph_cdp import local_neo4j
from graph_cdp.config import StoreUrl
from graph_cdp.domain.event import Event
from graph_cdp.match import Table, model_to_json, recognise, train
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.service.ingest import ingest
from graph_cdp.service.matching import adopt_model, run
from graph_cdp.store.port import Store
from tests.bench.match.data import Data
from tests.bench.match.new_record import NEW_RECORDS, Figures, Parted, told
from tests.stores import NOW, file_url, opened

_BATCH = 5_000
_ROUND_TRIPS = 1_000


def through_sqlite(data: Data) -> Figures:
    """Through a file, as a source tells of them: one event and one transaction each.

    `adopt_s` and `adopt_mb`: how long all known records take to be matched when the model is adopted, and the memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_through(data, file_url(Path(folder) / "store.db")))


def through_neo4j(data: Data) -> Figures:
    """The same through a server of its own; `round_…_ms`: one bare statement of the driver to it, in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        server = local_neo4j.start(Path(folder))
        try:
            return asyncio.run(_beside_round_trips(data, StoreUrl.parse(server.store)))
        finally:
            local_neo4j.stop(Path(folder))


async def _beside_round_trips(data: Data, url: StoreUrl) -> Figures:
    figures = await _through(data, url)
    took = list[float]()
    async with AsyncExitStack() as held:
        driver = await held.enter_async_context(
            AsyncGraphDatabase.driver(url.address, auth=(url.user or "", url.password or ""))
        )
        session = await held.enter_async_context(driver.session())
        tx = await held.enter_async_context(await session.begin_transaction())
        for _ in range(_ROUND_TRIPS):
            begin = time.perf_counter()
            await (await tx.run("RETURN 1")).single()
            took.append(1_000 * (time.perf_counter() - begin))
    return {**figures, **{f"round_{name}": value for name, value in told(took).items()}}


async def _through(data: Data, url: StoreUrl) -> Figures:
    known, new = Parted.of(data, NEW_RECORDS["ours"])
    rules = Rules.of(parse_policy('[[namespace]]\nname = "crm"\nlimit = 1\n', "the policy of the bench"))
    store = await opened(url)
    for first in range(0, len(known), _BATCH):
        some = _events(known.slice(first, _BATCH), data.id, rules)
        await store.write(lambda tx, some=some: ingest(tx, some, rules))
        _progress(f"{first + len(some):,} of {len(known):,} records loaded")
    table = Table.of({name: known[name] for name in known.column_names if name != data.id})
    model, trained_mb = model_to_json(train(table, recognise(table))), _peak_mb()
    _progress("matching all of them")
    begin = time.perf_counter()
    policy = await store.write(lambda tx: adopt_model(tx, model, rules.policy, NOW))
    await run(store, policy)
    spent = {"records": len(known), "adopt_s": time.perf_counter() - begin, "adopt_mb": _peak_mb()}
    _progress(f"{len(new):,} records come one by one")
    figures = await _one_by_one(store, _events(new, data.id, rules), rules._replace(policy=policy))
    await store.close()
    return {**figures, **spent, "trained_mb": trained_mb}


async def _one_by_one(store: Store, events: Sequence[Event], rules: Rules) -> Figures:
    took, whole = list[float](), list[float]()

    async def take_in(tx: Any, event: Event) -> None:
        begin = time.perf_counter()
        await ingest(tx, [event], rules)
        took.append(1_000 * (time.perf_counter() - begin))

    with collected_seldom():
        for event in events:
            begin = time.perf_counter()
            await store.write(lambda tx, event=event: take_in(tx, event))
            whole.append(1_000 * (time.perf_counter() - begin))
    commit = [all_of_it - work for all_of_it, work in zip(whole, took, strict=True)]
    return {**told(took), **{f"commit_{name}": value for name, value in told(commit).items()}}


def _events(records: pa.Table, id_: str, rules: Rules) -> list[Event]:
    read = [rules.reader.read(_event(one, id_), source="bench", now=NOW) for one in records.to_pylist()]
    return [event for event in read if isinstance(event, Event)]


def _event(record: dict[str, str | None], id_: str) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": record[id_],
        "timestamp": "2026-01-01T00:00:00Z",
        "identifiers": [{"namespace": "crm", "value": record[id_]}],
        "traits": {name: value for name, value in record.items() if value is not None and name != id_},
    }


def _progress(words: str) -> None:
    print(f"  {words} …", file=sys.stderr, flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
