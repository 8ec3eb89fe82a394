"""Results that follow one another: of subscriptions, and of queries and mutations on a transport that streams."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, Final, NamedTuple, cast

from graphql import ExecutionResult, OperationType
from starlette.requests import HTTPConnection

from api.access.principal import Principal
from api.errors import STATUS_BY_CODE
from api.graphql.context import Context, in_context
from api.graphql.feed import RETRY_S, Feed
from api.graphql.operations import Body, Prepared, body_of, failure_body
from api.ops.stopping import told_of_stop
from api.services import Services, services_of
from graph_cdp.errors import BusyError, StoreUnavailableError

CHECK_EVERY_S: Final = 60.0
"""A stream ends that long after the key or the token that it was opened with lost its rights, at the latest."""

STALLED_S: Final = 30.0
"""A stream ends whose reader takes nothing for so long."""


class Step(NamedTuple):
    """One result as JSON has it, and the cursor of the event it is of."""

    body: Body
    cursor: str | None = None


class FollowingContext(Context):
    """A subscription's own, while it waits for events; each event is answered with a context of its own.

    `last`: the cursor of the last event that the reader has, where the transport tells it; it goes before an argument.
    """

    def __init__(self, services: Services, principal: Principal, feed: Feed, last: str | None) -> None:
        super().__init__(services, principal, None)
        self.feed = feed
        self.last = last


class Streams:
    """What the streams of a worker share: the feed, the bound on how many are open, the word that the worker stops."""

    def __init__(self, feed: Feed, most: int) -> None:
        self.feed = feed
        self.stopping = asyncio.Event()
        self._most = most
        self._open = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Allow streams meanwhile; those that are open end when the process is told to."""
        with told_of_stop(self.stopping.set):
            try:
                yield
            finally:
                self.stopping.set()
                await self.feed.close()

    def check(self) -> None:
        """Raise BusyError where no further stream is to be opened."""
        if self.stopping.is_set():
            raise BusyError("The service is stopping: open this again at the one that follows.")
        if self._open >= self._most:
            raise BusyError("Too many streams are open: open this again a little later.")

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Count a stream. Raises BusyError."""
        self.check()
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1


def streams_of(connection: HTTPConnection) -> Streams:
    """The streams of the app that a request or a WebSocket came to."""
    streams: Streams = connection.app.state.streams
    return streams


async def steps_of(
    connection: HTTPConnection, principal: Principal, prepared: Prepared, last: str | None = None
) -> AsyncGenerator[Step, None]:
    """Run an operation, each result when it is there. What goes wrong is the last result."""
    try:
        if prepared.operation.type is OperationType.SUBSCRIPTION:
            context = FollowingContext(services_of(connection), principal, streams_of(connection).feed, last)
            async with aclosing(_events(prepared, context)) as steps:
                async for step in steps:
                    yield step
        else:
            yield await _only(prepared, services_of(connection), principal)
    except Exception as error:  # noqa: BLE001  # told as any error is, in the form of a result
        yield Step(failure_body(error))


async def _only(prepared: Prepared, services: Services, principal: Principal) -> Step:
    operation, variables = prepared
    one_view = operation.type is OperationType.QUERY
    result = await in_context(
        services, principal, lambda context: operation.run(variables, context, whole=True), one_view=one_view
    )
    return Step(body_of(cast("ExecutionResult", result)))


async def _events(prepared: Prepared, context: FollowingContext) -> AsyncGenerator[Step, None]:
    operation, variables = prepared
    source: Any = await operation.events(variables, context)
    if isinstance(source, ExecutionResult):
        yield Step(body_of(source))
        return
    async with aclosing(source):
        async for event in source:
            yield Step(await _of_event(prepared, context, event), event.cursor)


async def _of_event(prepared: Prepared, context: FollowingContext, event: object) -> Body:
    """The result of an event, which waits for a store that cannot be reached."""
    operation, variables = prepared

    async def run(own: Context) -> ExecutionResult:
        return cast("ExecutionResult", await operation.run(variables, own, event, whole=True))

    while True:
        try:
            async with context.feed.turns:
                body = body_of(await in_context(context.services, context.principal, run, one_view=True))
        except StoreUnavailableError:
            await asyncio.sleep(RETRY_S)
            continue
        if not any(STATUS_BY_CODE.get(one["extensions"]["code"]) == 503 for one in body.get("errors", ())):
            return body
        await asyncio.sleep(RETRY_S)
