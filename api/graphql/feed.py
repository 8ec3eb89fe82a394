"""The feed of changes in a worker: one follower reads it from the store, however many listen."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple, TypeVar

from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.domain.times import Millis
from graph_cdp.errors import CursorExpiredError, StoreError, StoreUnavailableError
from graph_cdp.query.changes import commits_after, newest_seq
from graph_cdp.query.following import PAGE
from graph_cdp.store.port import Reading, Store

T = TypeVar("T")

RETRY_S: Final = 1.0
"""How long to wait for a store that cannot be reached."""

READS: Final = 16
"""How many listeners read the store at once: a commit may concern very many of them."""

_SHORTEST_S = 0.05
_LONGEST_S = 0.25
_SLOWER = 1.5
_TOGETHER_S = 0.01
_KEPT_COMMITS = 4_000
_KEPT_TOUCHED = 200_000
_LOG = logging.getLogger(__name__)


class Told(NamedTuple):
    """A commit of the feed, made for being asked by many whether it touched a profile."""

    seq: int
    at: Millis
    touched: frozenset[str]
    changes: tuple[IdentityChange, ...]

    @classmethod
    def of(cls, commit: Commit) -> "Told":
        """A commit as it is told."""
        return cls(commit.seq, commit.at, frozenset(commit.touched), commit.changes)


class Feed:
    """Follows the feed while somebody listens, and keeps the newest commits for them.

    Whoever listens has a place of their own and asks for what comes after it, so nobody waits for anybody, and nobody
    costs memory by being slow: what is not kept here any more is read from the store. Whoever reads the store for an
    event takes one of `turns` for it.
    """

    def __init__(self, store: Store) -> None:
        self.turns = asyncio.Semaphore(READS)
        self._store = store
        self._listeners = 0
        self._follower: asyncio.Task[None] | None = None
        self._recent: list[Told] = []  # without gaps, up to `_newest`
        self._touched = 0
        self._newest: int | None = None
        self._resets = 0
        self._news = asyncio.Event()
        self._woken = asyncio.Event()

    @property
    def newest(self) -> int:
        """The number of the newest commit that is known here; 0 before any is."""
        return self._newest or 0

    def wake(self) -> None:
        """Look for news at once: this process has committed something."""
        self._woken.set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Keep the follower running meanwhile."""
        self._listeners += 1
        if self._follower is None or self._follower.done():
            self._follower = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            self._listeners -= 1

    async def close(self) -> None:
        """Follow no more."""
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)

    async def after(self, seq: int) -> Sequence[Told]:
        """The next commits after number `seq`, at least one, at most PAGE; waits for them, for a store too.

        Only while listening. Raises CursorExpiredError where the store does not keep them any more.
        """
        while True:
            if self._newest is not None and seq < self._newest:
                return self._kept_after(seq) or await self._stored_after(seq)
            news, resets = self._news, self._resets
            await news.wait()
            # Where the store was replaced by an older one, a place may lie beyond its end.
            if resets != self._resets and (page := await self._stored_after(seq)):
                return page

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        """Run `work` on a view of the store; waits for a store that cannot be reached."""
        while True:
            try:
                async with self.turns:
                    return await self._store.read(work)
            except StoreUnavailableError:
                await asyncio.sleep(RETRY_S)

    def _kept_after(self, seq: int) -> Sequence[Told]:
        if not self._recent or seq + 1 < self._recent[0].seq:
            return ()
        start = seq + 1 - self._recent[0].seq
        return self._recent[start : start + PAGE]

    async def _stored_after(self, seq: int) -> Sequence[Told]:
        return [Told.of(commit) for commit in await self.read(lambda tx: commits_after(tx, seq, PAGE))]

    async def _follow(self) -> None:
        pause_s = _SHORTEST_S
        while self._listeners:
            self._woken.clear()
            try:
                found = await self._look()
            except CursorExpiredError:
                _LOG.warning("the feed of changes was forgotten faster than it was read; listeners are told")
                self._begin_anew()
                continue
            except StoreError as error:
                _LOG.warning("the feed of changes cannot be read now: %s", error.code)
                await asyncio.sleep(RETRY_S)
                continue
            except Exception:  # noqa: BLE001 - listeners wait for this task, so it goes on as long as they do
                _LOG.exception("the feed of changes cannot be read now")
                await asyncio.sleep(RETRY_S)
                continue
            if found == PAGE:
                continue
            pause_s = _SHORTEST_S if found else min(pause_s * _SLOWER, _LONGEST_S)
            await asyncio.sleep(_TOGETHER_S)
            await self._rest(pause_s)
        self._begin_anew()

    async def _look(self) -> int:
        """Read what is new; gives how many commits that were."""
        newest = self._newest
        if newest is None:
            self._newest = await self._store.read(newest_seq)
            page = list[Told]()
        else:
            seq = newest
            page = [Told.of(commit) for commit in await self._store.read(lambda tx: commits_after(tx, seq, PAGE))]
        if page:
            self._keep(page)
        if page or newest is None:
            self._news.set()
            self._news = asyncio.Event()
        return len(page)

    async def _rest(self, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self._woken.wait()
        except TimeoutError:
            return

    def _keep(self, page: Sequence[Told]) -> None:
        self._recent.extend(page)
        self._touched += sum(len(one.touched) for one in page)
        self._newest = page[-1].seq
        if len(self._recent) > 2 * _KEPT_COMMITS or self._touched > 2 * _KEPT_TOUCHED:
            kept, touched = list[Told](), 0
            for one in reversed(self._recent[-_KEPT_COMMITS:]):
                touched += len(one.touched)
                if touched > _KEPT_TOUCHED:
                    touched -= len(one.touched)
                    break
                kept.append(one)
            self._recent, self._touched = kept[::-1], touched

    def _begin_anew(self) -> None:
        self._recent, self._touched, self._newest = [], 0, None
        self._resets += 1
