"""GraphQL over WebSockets: the protocol graphql-transport-ws, as the library graphql-ws describes it.

Every operation is prepared, limited and run as over HTTP. A socket that could be opened again closes with 1012 (the
worker stops), 1013 (too much is going on) or 4408; one that should not be, with one of the other codes of the protocol.
"""

import asyncio
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.access.authenticate import authenticate
from api.access.principal import Principal
from api.failures import AuthError, RateLimitedError
from api.graphql.documents import RequestError
from api.graphql.operations import Body, Operations, errors_body, failure_body
from api.graphql.requests import MAX_BODY, asked_of
from api.graphql.streams import CHECK_EVERY_S, STALLED_S, Streams, steps_of, streams_of
from api.services import services_of
from graph_cdp.errors import BusyError, GraphCdpError

PROTOCOL: Final = "graphql-transport-ws"

INIT_S: Final = 10.0
"""How long a socket may take to say who it is."""

OPERATIONS: Final = 100
"""The most operations that a socket runs at once."""

_RESTART, _TRY_AGAIN, _TOO_BIG = 1012, 1013, 1009
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _UNKNOWN_PROTOCOL, _SLOW_INIT = 4400, 4401, 4403, 4406, 4408
_ID_TAKEN, _SECOND_INIT = 4409, 4429
_REASON_BYTES = 123


class _Closing(Exception):  # noqa: N818 - it is the end of a socket, not always an error
    """The socket is to be closed with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_REASON_BYTES].decode(errors="ignore")


async def graphql_socket(socket: WebSocket) -> None:
    """Serve a WebSocket until it closes."""
    if not _is_welcome(socket):
        await socket.close()  # before it is accepted: the answer is 403
        return
    if PROTOCOL not in socket.scope["subprotocols"]:
        await socket.accept()
        await socket.close(_UNKNOWN_PROTOCOL, "Subprotocol not acceptable")
        return
    await socket.accept(PROTOCOL)
    streams = streams_of(socket)
    try:
        with streams.opened():
            await _Session(socket, streams).run()
    except BusyError as error:
        await socket.close(_TRY_AGAIN, str(error))


def _is_welcome(connection: HTTPConnection) -> bool:
    """Whether no page asks, or one of this host, or of an origin that may read from a page."""
    origin = connection.headers.get("origin")
    allowed = services_of(connection).settings.cors_origins
    if origin is None or origin in allowed or "*" in allowed:
        return True
    try:
        return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower()
    except ValueError:
        return False


class _Session:
    """One socket: who asks, and the operations that run."""

    def __init__(self, socket: WebSocket, streams: Streams) -> None:
        self._socket = socket
        self._streams = streams
        self._operations: Operations = socket.app.state.graphql.operations
        self._initialising = False
        self._credential: str | None = None
        self._principal: Principal | None = None
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                await self._receive(group)
        except* _Closing as closing:
            first = closing.exceptions[0]
            if isinstance(first, _Closing) and self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.close(first.code, first.reason)
        except* (WebSocketDisconnect, TimeoutError):
            pass

    async def _watch(self) -> None:
        """Close the socket when the worker stops, or who asks is not told in time, or may not ask any more."""
        if await self._stops_within(INIT_S):
            raise _Closing(_RESTART, "The service is stopping")
        if self._principal is None:
            raise _Closing(_SLOW_INIT, "Connection initialisation timeout")
        while not await self._stops_within(CHECK_EVERY_S):
            await self._authenticate()
        raise _Closing(_RESTART, "The service is stopping")

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._streams.stopping.wait()
        except TimeoutError:
            return False
        return True

    async def _receive(self, group: asyncio.TaskGroup) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1005))
            message = _message(received.get("text"))
            match message["type"]:
                case "connection_init":
                    await self._init(message)
                case "ping":
                    await self._send({"type": "pong"} | _payload_of(message))
                case "pong":
                    pass
                case "subscribe":
                    self._subscribe(message, group)
                case "complete":
                    if task := self._running.pop(_id_of(message), None):
                        task.cancel()
                case _:
                    raise _Closing(_BAD_REQUEST, "Unknown message type")

    async def _init(self, message: dict[str, Any]) -> None:
        if self._initialising:
            raise _Closing(_SECOND_INIT, "Too many initialisation requests")
        self._initialising = True
        self._credential = _credential(message.get("payload"))
        self._principal = await self._authenticate()
        await self._send({"type": "connection_ack"})

    async def _authenticate(self) -> Principal:
        try:
            return await authenticate(self._socket, write_key=lambda: self._credential)
        except AuthError as error:
            raise _Closing(_FORBIDDEN, str(error)) from None
        except GraphCdpError as error:
            raise _Closing(_TRY_AGAIN, str(failure_body(error)["errors"][0]["message"])) from None

    def _subscribe(self, message: dict[str, Any], group: asyncio.TaskGroup) -> None:
        if self._principal is None:
            raise _Closing(_UNAUTHORIZED, "Unauthorized")
        id_ = _id_of(message)
        if not isinstance(message.get("payload"), dict):
            raise _Closing(_BAD_REQUEST, "A subscribe message needs a payload")
        if id_ in self._running:
            raise _Closing(_ID_TAKEN, f"Subscriber for {id_} already exists")
        running = len(self._running)
        self._running[id_] = group.create_task(self._run(id_, message["payload"], self._principal, running))

    async def _run(self, id_: str, payload: dict[str, Any], principal: Principal, running: int) -> None:
        try:
            await self._answer(id_, payload, principal, running)
        finally:
            if self._running.get(id_) is asyncio.current_task():
                del self._running[id_]

    async def _answer(self, id_: str, payload: dict[str, Any], principal: Principal, running: int) -> None:
        try:
            if running >= OPERATIONS:
                message = f"A socket runs {OPERATIONS} operations at once: complete one, or open another socket."
                raise RequestError.of("operations_limit", message)
            services_of(self._socket).access.rates.take(principal.id)
            prepared = self._operations.prepared(asked_of(payload))
        except RequestError as error:
            await self._send({"id": id_, "type": "error", "payload": errors_body(error.errors)["errors"]})
            return
        except RateLimitedError as error:
            await self._send({"id": id_, "type": "error", "payload": failure_body(error)["errors"]})
            return
        async with aclosing(steps_of(self._socket, principal, prepared)) as steps:
            async for step in steps:
                await self._send({"id": id_, "type": "next", "payload": step.body})
        await self._send({"id": id_, "type": "complete"})

    async def _send(self, message: Body) -> None:
        # A reader that takes nothing keeps its socket for so long, and then loses it.
        async with asyncio.timeout(STALLED_S):
            await self._socket.send({"type": "websocket.send", "text": orjson.dumps(message).decode()})


def _message(text: str | None) -> dict[str, Any]:
    if text is None:
        raise _Closing(_BAD_REQUEST, "Messages are text")
    if len(text) > MAX_BODY:
        raise _Closing(_TOO_BIG, "The message is too large")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _Closing(_BAD_REQUEST, "Messages are JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise _Closing(_BAD_REQUEST, "A message is an object with a type")
    if not isinstance(message.get("payload"), dict | None):
        raise _Closing(_BAD_REQUEST, "A payload is an object")
    return message


def _id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= 200:
        raise _Closing(_BAD_REQUEST, "An operation needs an id")
    return id_


def _payload_of(message: dict[str, Any]) -> dict[str, Any]:
    return {"payload": message["payload"]} if "payload" in message else {}


def _credential(payload: dict[str, Any] | None) -> str | None:
    """The key or token of a `connection_init`, named as the headers are that hold it: a page can set no headers."""
    given = {name.lower(): value for name, value in (payload or {}).items() if isinstance(value, str)}
    scheme, _, rest = given.get("authorization", "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else given.get("x-api-key")
