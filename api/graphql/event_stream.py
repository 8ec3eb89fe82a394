"""GraphQL over server-sent events: the protocol of the library graphql-sse, in its mode of distinct connections.

A request with `Accept: text/event-stream` is answered with the events `next`, one a result, and `complete`. An event
has its cursor as id, so a browser's EventSource goes on by itself where it was (`Last-Event-ID`).
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Final

import orjson
from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.access.authenticate import authenticate
from api.access.principal import Principal
from api.graphql.documents import RequestError
from api.graphql.negotiation import EVENT_STREAM
from api.graphql.operations import Operations, failure_body
from api.graphql.requests import Asked
from api.graphql.streams import CHECK_EVERY_S, STALLED_S, Step, Streams, steps_of, streams_of
from graph_cdp.errors import GraphCdpError

HEARTBEAT_S: Final = 12.0
"""How often a stream without events shows that it lives."""

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_BEAT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def event_stream(request: Request, principal: Principal, operations: Operations, asked: Asked) -> Response:
    """Answer a request with a stream. Raises BusyError where too many are open."""
    streams = streams_of(request)
    streams.check()

    async def steps() -> AsyncGenerator[Step, None]:
        try:
            prepared = operations.prepared(asked)
            if request.method == "GET" and prepared.operation.type is OperationType.MUTATION:
                raise RequestError.of("method_not_allowed", "A GET runs no mutations: send a POST.")
        except RequestError as error:
            yield Step(failure_body(error))
            return
        async with aclosing(steps_of(request, principal, prepared, request.headers.get("last-event-id"))) as found:
            async for step in found:
                yield step

    return _EventStream(steps(), streams, lambda: authenticate(request))


class _EventStream(Response):
    """Sends steps as they come; ends when the reader is gone, or may not read any more, or the worker stops."""

    def __init__(
        self, steps: AsyncGenerator[Step, None], streams: Streams, check: Callable[[], Awaitable[object]]
    ) -> None:
        super().__init__(None, 200, _HEADERS, EVENT_STREAM)
        del self.headers["content-length"]
        self._steps = steps
        self._streams = streams
        self._check = check

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        with self._streams.opened():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            waits = (self._send_all(send), _gone(receive), self._streams.stopping.wait())
            tasks = [asyncio.ensure_future(one) for one in waits]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        # Without `complete` where there could be more: the reader comes again, and goes on where it was.
        with suppress(TimeoutError):
            await _send(send, b"", more=False)

    async def _send_all(self, send: Send) -> None:
        await _send(send, _BEAT)
        checked_at, coming = time.monotonic(), _next(self._steps)
        try:
            while True:
                await asyncio.wait((coming,), timeout=HEARTBEAT_S)
                if time.monotonic() - checked_at > CHECK_EVERY_S:
                    await self._check()
                    checked_at = time.monotonic()
                if not coming.done():
                    await _send(send, _BEAT)
                    continue
                step = coming.result()
                if step is None:
                    break
                await _send(send, _written(step))
                coming = _next(self._steps)
        except GraphCdpError as error:
            await _send(send, _written(Step(failure_body(error))))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            await self._steps.aclose()
        await _send(send, _COMPLETE)


def _next(steps: AsyncGenerator[Step, None]) -> asyncio.Future[Step | None]:
    async def step() -> Step | None:
        return await anext(steps, None)

    return asyncio.ensure_future(step())


def _written(step: Step) -> bytes:
    # JSON as orjson writes it has no line breaks, so it is one field.
    place = b"" if step.cursor is None else b"id: " + step.cursor.encode() + b"\n"
    return b"event: next\n" + place + b"data: " + orjson.dumps(step.body) + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(STALLED_S):
        await send({"type": "http.response.body", "body": body, "more_body": more})
