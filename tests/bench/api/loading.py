"""What the benches of the service share: stores with the benches' events, servers on them, and turns of load."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import psutil

from graph_cdp.config import StoreUrl
from graph_cdp.demo.traffic import bench_events
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules
from graph_cdp.query.profile import ProfileView, Wanted, profiles_of
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.load import Source, load
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Reading, Sizes, Store
from tests.bench.api.load import Measured
from tests.bench.events import ID_KEY, NOW, POLICY_TEXT, events_file, policy
from tests.soak.service import ROOT, Service, running

BATCH_ROWS = 5_000
ROUNDS = 3

_SEED = 7
_LONGEST_S = 3_600


@contextmanager
def served(url: StoreUrl, folder: Path, workers: int = 1) -> Iterator[Service]:
    """The service on a store of the benches."""
    path = folder / "policy.toml"
    path.write_text(POLICY_TEXT)
    with running(url, path, folder, workers=workers, settings={"ID_KEY": ID_KEY}) as service:
        yield service


def turn(url: str, requests: Path, connections: int, seconds: float | None = None) -> Measured:
    """One turn of load by a program of its own; all answers must be good ones."""
    command = [sys.executable, "-m", "tests.bench.api.load", url, str(requests), "--connections", str(connections)]
    if seconds is not None:
        command += ["--seconds", str(seconds)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=_LONGEST_S).stdout
    measured = Measured(**json.loads(said))
    assert measured.is_clean, measured
    return measured


def cpu_s(url: str) -> float:
    """Seconds of a processor that the process which listens at an address of this machine has taken; 0 elsewhere."""
    port = urlsplit(url).port
    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid is not None:
            spent = psutil.Process(one.pid).cpu_times()
            return float(spent.user + spent.system)
    return 0.0


def median(turns: Sequence[Measured], what: str) -> float:
    """The median of one figure of several turns."""
    return statistics.median(getattr(one, what) for one in turns)


def times(turns: Sequence[Measured]) -> str:
    """How long answers took, in words."""
    return f"p50 {median(turns, 'p50_ms'):.1f}, p99 {median(turns, 'p99_ms'):.1f} ms"


def requests_file(path: Path, requests: Iterable[tuple[str, Any]]) -> Path:
    """Write requests for the load: paths and bodies."""
    path.write_bytes(b"".join(b"%b %b\n" % (target.encode(), orjson.dumps(body)) for target, body in requests))
    return path


def filled(url: StoreUrl, folder: Path, count: int) -> float:
    """Load that many events into an empty store in process, as `graph-cdp ingest` does; gives the seconds it took."""
    source = Source(events_file(folder, count), None, "web")

    async def work() -> float:
        store = await open_store(url, ProfileIds(ID_KEY))
        try:
            begun = time.perf_counter()
            loaded = await load(store, source, Rules.of(policy()), NOW, BATCH_ROWS, _unexpected, _silent)
            taken = time.perf_counter() - begun
        finally:
            await store.close()
        assert loaded.accepted + loaded.duplicates == loaded.rows, loaded
        return taken

    return asyncio.run(work())


def sizes(url: StoreUrl) -> Sizes:
    """How many of everything a store holds."""

    async def work() -> Sizes:
        store = await open_store(url, ProfileIds(ID_KEY))
        try:
            return await store.read(lambda tx: tx.sizes())
        finally:
            await store.close()

    return asyncio.run(work())


def profiled_keys(url: StoreUrl, events: int, wanted: int = 4_000) -> tuple[list[Key], float]:
    """Identifiers of all kinds that belong to a profile, from all parts of a store; and how many a second this process
    reads in full, one after the other, with nothing between it and the store."""
    every = max(1, events // wanted)
    rules = Rules.of(policy())
    named = [
        rules.reader.read(event, source="web", now=NOW).keys  # type: ignore[union-attr]  # the benches' events are good ones
        for event in islice(bench_events(events, _SEED), 0, None, every)
    ]
    keys = list(dict.fromkeys(keys[number % len(keys)] for number, keys in enumerate(named)))

    async def work() -> tuple[list[Key], float]:
        store = await open_store(url, ProfileIds(ID_KEY))
        try:
            begun = time.perf_counter()
            kept = [key for key in keys if isinstance(await _profile(store, key, rules.policy), ProfileView)]
            return kept, len(keys) / (time.perf_counter() - begun)
        finally:
            await store.close()

    return asyncio.run(work())


async def _profile(store: Store, key: Key, resolved_with: Policy) -> object:
    async def ask(tx: Reading) -> object:
        found = await profiles_of(tx, [key], store, resolved_with, Wanted(traits=True, events=10, refusals=False))
        return found.get(key)

    return await store.read(ask)


def _unexpected(reject: object) -> None:
    raise AssertionError(reject)


def _silent(*_: object) -> None:
    pass
