"""The feed in a worker: one reader for all who listen, none where nobody does, bounded, nobody waits for anybody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from api.graphql import feed as feed_module
from api.graphql.feed import Feed
from graph_cdp.domain.change import IdentityChange
from graph_cdp.errors import CursorExpiredError, StoreUnavailableError
from graph_cdp.query.following import PAGE
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Reading, Store, Writing
from tests.stores import ID_KEY, file_url

T = TypeVar("T")
KEPT = 300


class CountedStore:
    """A store that counts how often it is read, and that cannot be reached now and then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids = store.ids
        self.reads = 0
        self.gone = False

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        self.reads += 1
        if self.gone:
            raise StoreUnavailableError("It is away.")
        return await self._store.read(work)

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        return await self._store.write(work)

    async def close(self) -> None:
        await self._store.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountedStore]:
    url = file_url(tmp_path / "graph.db")
    one = CountedStore(await open_store(url, ProfileIds(ID_KEY), changes_kept=KEPT))
    yield one
    await one.close()


@pytest.fixture
async def feed(store: CountedStore) -> AsyncIterator[Feed]:
    one = Feed(store)
    yield one
    await one.close()


async def commit(store: CountedStore, count: int = 1) -> None:
    for number in range(count):
        change = IdentityChange("renamed", (f"pro_{number}",), (f"pro_{number + 1}",))
        await store.write(lambda tx, change=change: tx.announce([], [change]))


async def take(feed: Feed, seq: int, count: int) -> list[int]:
    """The numbers of so many commits after one."""
    found = list[int]()
    while len(found) < count:
        found += [told.seq for told in await feed.after(found[-1] if found else seq)]
    return found


async def test_all_who_listen_share_one_reader(feed: Feed, store: CountedStore) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(feed.listening())
        readers = [asyncio.create_task(take(feed, 0, 20)) for _ in range(50)]
        await asyncio.sleep(0.1)
        before = store.reads
        await commit(store, 20)
        assert await asyncio.gather(*readers) == [list(range(1, 21))] * 50
        assert store.reads - before < 50


async def test_nobody_listening_nothing_is_read(feed: Feed, store: CountedStore) -> None:
    async with feed.listening():
        await commit(store)
        await take(feed, 0, 1)
    await asyncio.sleep(0.5)
    before = store.reads
    await asyncio.sleep(0.6)
    assert store.reads == before
    async with feed.listening():
        await commit(store, 2)
        assert await take(feed, 1, 2) == [2, 3]


async def test_who_comes_late_gets_what_is_kept_here_and_what_only_the_store_keeps(
    feed: Feed, store: CountedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "_KEPT_COMMITS", 10)
    async with feed.listening():
        quick = asyncio.create_task(take(feed, 0, 200))
        await commit(store, 200)
        assert await quick == list(range(1, 201))
        assert len(feed._recent) <= 20
        assert await take(feed, 195, 5) == [196, 197, 198, 199, 200]
        assert (await take(feed, 0, 200))[: PAGE + 1] == list(range(1, PAGE + 2))


async def test_what_is_kept_here_is_bounded_by_what_was_touched_too(
    feed: Feed, store: CountedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "_KEPT_TOUCHED", 100)
    digests = [store.ids.digest(f"user_id:{number}") for number in range(30)]
    async with feed.listening():
        quick = asyncio.create_task(take(feed, 0, 50))
        for _ in range(50):
            await store.write(lambda tx: tx.announce(digests, []))
        await quick
        assert sum(len(told.touched) for told in feed._recent) <= 200
        assert await take(feed, 0, 50) == list(range(1, 51))


async def test_who_is_so_slow_that_the_store_forgets_is_told(
    feed: Feed, store: CountedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "_KEPT_COMMITS", 10)
    async with feed.listening():
        for start in range(0, 2 * KEPT, 100):
            await commit(store, 100)
            assert await take(feed, start, 100) == list(range(start + 1, start + 101))
        with pytest.raises(CursorExpiredError):
            await feed.after(1)
        assert await take(feed, 2 * KEPT - 1, 1) == [2 * KEPT]


async def test_while_the_store_is_away_listeners_wait_and_then_miss_nothing(feed: Feed, store: CountedStore) -> None:
    async with feed.listening():
        waiting = asyncio.create_task(take(feed, 0, 3))
        await commit(store, 1)
        store.gone = True
        await commit(store, 2)
        await asyncio.sleep(0.3)
        store.gone = False
        assert await waiting == [1, 2, 3]


async def test_a_commit_of_this_process_is_looked_for_at_once(feed: Feed, store: CountedStore) -> None:
    async with feed.listening():
        waiting = asyncio.create_task(feed.after(0))
        await asyncio.sleep(1)  # the longer nothing comes, the less often it looks
        before = store.reads
        await commit(store)
        feed.wake()
        await waiting
        assert store.reads - before <= 2
