"""Commit in groups: requests that come at about the same time share one durable transaction."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.event import Event
from graph_cdp.errors import BusyError, StoreAccessError, StoreFullError, StoreUnavailableError
from graph_cdp.resolve import Told
from graph_cdp.service.in_force import InForce
from graph_cdp.service.ingest import NOTHING, Ingested, ingest_each
from graph_cdp.service.reading_beside import ReadingBeside
from graph_cdp.service.unread import Unread
from graph_cdp.store.port import Store, Writing

R = TypeVar("R")

WAITING_EVENTS: Final = 10_000
"""How many events wait at most; a request beyond is refused."""

_GATHER_S = 0.002
_READ_AT_ONCE_EVENTS = 500  # less is not worth two transactions
_OF_THE_WHOLE_STORE = (StoreUnavailableError, StoreFullError, StoreAccessError)


class Group(NamedTuple):
    """A group that is durable: what became of each request's events, how many there were, and seconds it took."""

    ingested: Sequence[Ingested]
    events: int
    seconds: float

    @property
    def changes(self) -> tuple[IdentityChange, ...]:
        """What became of profiles."""
        return self.ingested[0].together.changes


@dataclass(slots=True)
class _Request:
    """One that waits: with its events, or unread, until its group is read."""

    count: int
    events: Sequence[Event] = ()
    unread: Unread[Any] | None = None
    said: Any = None
    at_s: float = field(default_factory=time.monotonic)
    answer: asyncio.Future[Ingested] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class _Group(NamedTuple):
    """The requests of a transaction, read, and what all their events but those left out tell, where that is known."""

    requests: list[_Request]
    told: Told | None = None
    left_out: frozenset[str] = frozenset()


class GroupCommit:
    """Takes the events of many requests in; each is answered when its own are durable.

    One group is committed at a time. A request that comes alone is committed at once; those that come while a group is
    committed are the next one. Where several came together the last time, the next group waits for as many, for two
    milliseconds at most. A group has as many events as the store says, or `group_events`, but for a request that has
    more. Large requests are read in a process beside: the next group while this one is stored.
    """

    def __init__(
        self,
        store: Store,
        in_force: InForce,
        group_events: int | None = None,
        waiting_events: int = WAITING_EVENTS,
        on_commit: Callable[[Group], None] = lambda _: None,
        beside: ReadingBeside | None = None,
    ) -> None:
        self.beside = beside or ReadingBeside(in_force.rules.policy, store.ids)
        self._store = store
        self._in_force = in_force
        self._group_events = group_events or store.group_events
        self._waiting_events = waiting_events
        self._queue = deque[_Request]()
        self._events_in_queue = 0
        self._together = 1
        self._gathered = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[_Group] | None = None
        self._events_stored = 0
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
        return await self._put(_Request(len(events), events))

    async def read_and_submit(self, unread: Unread[R]) -> tuple[Sequence[Event], R, Ingested]:
        """Read a request and store its events; gives these, what else was said of it, and what became of them.

        It is read here and now, or, where it is large, in a process beside. Raises what `submit` does.
        """
        if self.beside.takes(unread):
            request = _Request(unread.count, unread=unread)
        else:
            events, said = unread.read(self._in_force.rules.reader)
            if not events:
                return events, said, NOTHING
            request = _Request(len(events), events, said=said)
        ingested = await self._put(request)
        return request.events, request.said, ingested

    async def close(self) -> None:
        """Commit what was accepted, and take no more."""
        self._closed = True
        self._gathered.set()
        if self._working is not None:
            await self._working
        await self.beside.close()

    async def _put(self, request: _Request) -> Ingested:
        if self._closed:
            raise StoreUnavailableError("The service is stopping: send this again to the one that follows.")
        if self._queue and self._events_in_queue + request.count > self._waiting_events:
            raise BusyError("More events wait to be written than may wait: send this again a little later.")
        self._queue.append(request)
        self._events_in_queue += request.count
        self._read_ahead()
        if self._is_gathered():
            self._gathered.set()
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await request.answer

    def _is_gathered(self) -> bool:
        return self._closed or len(self._queue) >= self._together or self._events_in_queue >= self._group_events

    async def _work(self) -> None:
        """Commit group after group until nothing waits."""
        try:
            while self._queue or self._reading:
                if self._reading is None:
                    await self._gather()
                    group = await self._read(self._next_group())
                else:
                    group, self._reading = await self._reading, None
                self._events_stored = sum(one.count for one in group.requests)
                self._read_ahead()
                await self._commit(group)
                self._events_stored = 0
                # Whoever was answered, and whoever reads, goes first.
                await asyncio.sleep(0)
        finally:
            self._working = None

    def _read_ahead(self) -> None:
        """Have the next group read beside while one is stored, as soon as it is as large as that one."""
        is_due = self._reading is None and 0 < self._events_stored <= self._events_in_queue
        if is_due and self._queue[0].unread:
            self._reading = asyncio.create_task(self._read(self._next_group()))

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
        group, count, most = list[_Request](), 0, self._group_events
        if self._queue[0].unread:
            # Senders who wait for their answers send as much again: two groups of a size, so that one can be read while
            # the other one is stored.
            most = min(most, max(_READ_AT_ONCE_EVENTS, (self._events_in_queue + self._events_stored) // 2))
        while self._queue and (not group or count + self._queue[0].count <= most):
            request = self._queue.popleft()
            group.append(request)
            count += request.count
        self._events_in_queue -= count
        self._together = len(group)
        return group

    async def _read(self, requests: list[_Request]) -> _Group:
        """Read those that are unread: beside, or here where the process is gone, or not there yet."""
        unread = [one for one in requests if one.unread]
        if not unread:
            return _Group(requests)
        read = await self.beside.read([one.unread for one in unread if one.unread])
        if read is None:
            return _Group([one for one in requests if await self._is_read_here(one)])
        for one, (events, said) in zip(unread, read.requests, strict=True):
            one.events, one.said = events, said
        if len(unread) < len(requests):
            return _Group(requests)  # what was told leaves out the events of those that were read here
        return _Group(requests, read.told, read.left_out)

    async def _is_read_here(self, request: _Request) -> bool:
        try:
            if request.unread:
                await asyncio.sleep(0)  # others go in between
                request.events, request.said = request.unread.read(self._in_force.rules.reader)
        except Exception as error:  # noqa: BLE001 - goes to whoever sent it
            self._fail([request], error)
            return False
        return True

    async def _commit(self, group: _Group) -> None:
        """Commit requests in one transaction and answer them; what fails by what one holds fails for that one alone."""
        requests, told, left_out = group
        if not requests:
            return
        batches, begun_s = [request.events for request in requests], time.monotonic()

        async def work(tx: Writing) -> list[Ingested]:
            return await ingest_each(tx, batches, await self._in_force.rules_for(tx), told, left_out)

        try:
            ingested = await self._store.write(work)
        except _OF_THE_WHOLE_STORE as error:
            # The others in the queue would wait as long to hear the same.
            self._fail([*requests, *self._queue], error)
            self._queue.clear()
            self._events_in_queue = 0
        except Exception as error:  # noqa: BLE001 - every error goes to whoever sent the events that brought it
            if len(requests) == 1:
                self._fail(requests, error)
            else:
                middle = len(requests) // 2
                await self._commit(_Group(requests[:middle]))
                await self._commit(_Group(requests[middle:]))
        else:
            for request, own in zip(requests, ingested, strict=True):
                if not request.answer.done():
                    request.answer.set_result(own)
            self._on_commit(Group(ingested, sum(map(len, batches)), time.monotonic() - begun_s))

    @staticmethod
    def _fail(requests: Sequence[_Request], error: Exception) -> None:
        for request in requests:
            if not request.answer.done():
                request.answer.set_exception(error)
