"""Commit in groups: requests that come at about the same time share one durable transaction."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from graph_cdp.domain.event import Event
from graph_cdp.errors import BusyError, StoreAccessError, StoreFullError, StoreUnavailableError
from graph_cdp.service.in_force import InForce
from graph_cdp.service.ingest import Ingested, ingest_each
from graph_cdp.store.port import Store, Writing

GROUP_EVENTS: Final = 500
"""How many events a group has at most, but for a request that has more. On SQLite readers wait for a group."""

WAITING_EVENTS: Final = 10_000
"""How many events wait at most; a request beyond is refused."""

_GATHER_S = 0.002
_OF_THE_WHOLE_STORE = (StoreUnavailableError, StoreFullError, StoreAccessError)


class Group(NamedTuple):
    """A group that is durable: what became of each request's events, how many there were, and seconds it took."""

    ingested: Sequence[Ingested]
    events: int
    seconds: float


class _Request(NamedTuple):
    at_s: float
    events: Sequence[Event]
    answer: asyncio.Future[Ingested]


class GroupCommit:
    """Takes the events of many requests in; each is answered when its own are durable.

    One group is committed at a time. A request that comes alone is committed at once; those that come while a group is
    committed are the next one. Where several came together the last time, the next group waits for as many, for two
    milliseconds at most.
    """

    def __init__(
        self,
        store: Store,
        in_force: InForce,
        group_events: int = GROUP_EVENTS,
        waiting_events: int = WAITING_EVENTS,
        on_commit: Callable[[Group], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._in_force = in_force
        self._group_events = group_events
        self._waiting_events = waiting_events
        self._queue = deque[_Request]()
        self._events_in_queue = 0
        self._together = 1
        self._gathered = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._closed = False
        self._on_commit = on_commit

    @property
    def waiting(self) -> int:
        """How many events wait for a group."""
        return self._events_in_queue

    @property
    def lag_s(self) -> float:
        """How many seconds the request that has waited longest has waited."""
        return time.monotonic() - self._queue[0].at_s if self._queue else 0.0

    async def submit(self, events: Sequence[Event]) -> Ingested:
        """Store events; returns when they are durable and visible to the next read.

        Counts and conflicts are those of these events: where another request of the group has the same event, it is
        the later one's duplicate. Moves are those of the whole group. Raises BusyError where too much waits already,
        StoreUnavailableError where the store is gone or this is closed, and what the store says of these events alone.
        """
        if self._closed:
            raise StoreUnavailableError("The service is stopping: send this again to the one that follows.")
        if self._queue and self._events_in_queue + len(events) > self._waiting_events:
            raise BusyError("More events wait to be written than may wait: send this again a little later.")
        request = _Request(time.monotonic(), events, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        self._events_in_queue += len(events)
        if self._is_gathered():
            self._gathered.set()
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await request.answer

    async def close(self) -> None:
        """Commit what was accepted, and take no more."""
        self._closed = True
        self._gathered.set()
        if self._working is not None:
            await self._working

    def _is_gathered(self) -> bool:
        return self._closed or len(self._queue) >= self._together or self._events_in_queue >= self._group_events

    async def _work(self) -> None:
        """Commit group after group until nothing waits."""
        try:
            while self._queue:
                await self._gather()
                await self._commit(self._next_group())
                # Whoever was answered, and whoever reads, goes first.
                await asyncio.sleep(0)
        finally:
            self._working = None

    async def _gather(self) -> None:
        if self._is_gathered():
            return
        self._gathered.clear()
        try:
            async with asyncio.timeout(_GATHER_S):
                await self._gathered.wait()
        except TimeoutError:
            return

    def _next_group(self) -> list[_Request]:
        group, count = list[_Request](), 0
        while self._queue and (not group or count + len(self._queue[0].events) <= self._group_events):
            request = self._queue.popleft()
            group.append(request)
            count += len(request.events)
        self._events_in_queue -= count
        self._together = len(group)
        return group

    async def _commit(self, group: Sequence[_Request]) -> None:
        """Commit requests in one transaction and answer them; what fails by what one holds fails for that one alone."""
        batches, begun_s = [request.events for request in group], time.monotonic()

        async def work(tx: Writing) -> list[Ingested]:
            return await ingest_each(tx, batches, await self._in_force.rules_for(tx))

        try:
            ingested = await self._store.write(work)
        except _OF_THE_WHOLE_STORE as error:
            # The others in the queue would wait as long to hear the same.
            self._fail([*group, *self._queue], error)
            self._queue.clear()
            self._events_in_queue = 0
        except Exception as error:  # noqa: BLE001 - every error goes to whoever sent the events that brought it
            if len(group) == 1:
                self._fail(group, error)
            else:
                middle = len(group) // 2
                await self._commit(group[:middle])
                await self._commit(group[middle:])
        else:
            for request, own in zip(group, ingested, strict=True):
                if not request.answer.done():
                    request.answer.set_result(own)
            self._on_commit(Group(ingested, sum(map(len, batches)), time.monotonic() - begun_s))

    @staticmethod
    def _fail(requests: Sequence[_Request], error: Exception) -> None:
        for request in requests:
            if not request.answer.done():
                request.answer.set_exception(error)
