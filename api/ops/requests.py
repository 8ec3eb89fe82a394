"""Around every request: its id, its log line, its metrics, its span; within CORS the bound on how many run at once."""

import re
import secrets
import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.collect.routes import OPEN, is_for
from api.errors import face_of
from api.ops.logs import REQUEST_ID, tell_request
from api.ops.metrics import count_request
from api.ops.telemetry import Telemetry
from graph_cdp.errors import BusyError

_HEADER: Final = b"x-request-id"
_FIT = re.compile(rb"[A-Za-z0-9._=+/-]{1,128}")
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
_RETRY_AFTER_S = 1
_CLOSED = 499  # as nginx calls it: the sender hung up before there was an answer


class Requests:
    """Counts and logs the HTTP requests of a worker. `app.state` is as `observed` left it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with all that belongs around it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        # The server runs each request in a context of its own, so there is nothing to put back.
        REQUEST_ID.set(request_id)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        telemetry: Telemetry | None = scope["app"].state.telemetry
        if telemetry is None:
            await self._answer(scope, receive, send, request_id)
        else:
            with telemetry.request(Headers(scope=scope)) as span:
                status = await self._answer(scope, receive, send, request_id)
                span.answered(scope["method"], route_of(scope), status)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        state, begun, status = scope["app"].state, time.perf_counter(), _CLOSED
        header = (_HEADER, request_id.encode())

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        self.in_progress += 1
        state.in_progress = self.in_progress
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            if status == _CLOSED:
                raise
            # It was answered, and logged where it was: the framework raises it again for servers that log.
        finally:
            self.in_progress -= 1
            state.in_progress = self.in_progress
            seconds, method, route = time.perf_counter() - begun, scope["method"], route_of(scope)
            count_request(method, route, status, seconds)
            tell_request(request_id, method, route, status, seconds, is_routine=route in _ALWAYS)
        return status


class Bounded:
    """Refuses what comes while as many requests as may be are in progress; health and metrics are always answered.

    It stands within CORS, so that pages may read why.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        state = scope["app"].state
        if (
            scope["type"] == "http"
            and state.in_progress > state.services.settings.max_requests
            and scope["path"] not in _ALWAYS
        ):
            await _refuse(scope, send)
        else:
            await self._app(scope, receive, send)


def _id_of(scope: Scope) -> str:
    """The id that the sender gave, if it is fit, else a new one."""
    for name, value in scope["headers"]:
        if name == _HEADER and _FIT.fullmatch(value):
            given: str = value.decode("ascii")
            return given
    return secrets.token_hex(8)


def route_of(scope: Scope) -> str:
    """The pattern of the path that a request was for: never the path, which may name an identifier."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__name__", type(endpoint).__name__) if endpoint is not None else "unknown"


async def _refuse(scope: Scope, send: Send) -> None:
    error = BusyError("Too many requests are in progress: send this again a little later.")
    face = face_of(error)
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(_RETRY_AFTER_S).encode())]
    if is_for(scope):
        headers += OPEN
    await send({"type": "http.response.start", "status": face.status, "headers": headers})
    await send({"type": "http.response.body", "body": face.body})
