"""Sixteen writers in four processes, and a reader that follows the feed meanwhile and misses nothing."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

from graph_cdp.config import StoreUrl
from graph_cdp.domain.change import Commit
from graph_cdp.query.changes import commits_after
from graph_cdp.service.announce import Announced
from graph_cdp.store.port import Store
from tests.contract.test_concurrency import POLICY, PROCESSES, traffic
from tests.contract.writers import write
from tests.stores import opened
from tests.strategies import Arrival


async def write_at_once(url: StoreUrl, batches: Sequence[Sequence[Arrival]]) -> list[Announced]:
    loop = asyncio.get_running_loop()
    shares = [batches[process::PROCESSES] for process in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        told = await asyncio.gather(*(loop.run_in_executor(pool, write, url, POLICY, share) for share in shares))
    return [one for share in told for one in share]


async def followed(store: Store, done: asyncio.Event) -> list[Commit]:
    """Every commit, as it is read while others write: what comes next, again and again, until nobody writes."""
    met = list[Commit]()
    while True:
        was_done = done.is_set()
        seq = len(met)
        page = await store.read(lambda tx, seq=seq: commits_after(tx, seq, 7))
        met += page
        if was_done and not page:
            return met
        await asyncio.sleep(0)


async def test_a_reader_that_follows_many_processes_misses_nothing_and_meets_nothing_twice(
    lasting_url: StoreUrl,
) -> None:
    _, batches = traffic(("email", "hot"), Random(4))
    done = asyncio.Event()
    store = await opened(lasting_url)
    try:
        following = asyncio.create_task(followed(store, done))
        announced = await write_at_once(lasting_url, batches)
        done.set()
        met = await following
        assert [commit.seq for commit in met] == list(range(1, len(met) + 1))
        assert met == await store.read(lambda tx: commits_after(tx, 0, 10_000))
        told = sorted((one.touched, one.changes) for one in announced)
        assert sorted((commit.touched, commit.changes) for commit in met) == told
        assert {change.kind for commit in met for change in commit.changes} >= {"merged", "split", "refused"}
    finally:
        await store.close()
