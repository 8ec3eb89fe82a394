"""Around every request: its id, its line in the log, its metrics, its span, and the bound on how many run at once."""

import logging
import re
import secrets
import time
from contextlib import nullcontext
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import face_of
from api.ops.metrics import count_request
from api.ops.telemetry import Span, Telemetry
from graph_cdp.errors import BusyError

REQUEST_ID: Final = "x-request-id"
"""The header that names a request, taken from the sender where it is fit, and given back."""

_FIT = re.compile(r"[A-Za-z0-9._=+/-]{1,128}")
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
_RETRY_AFTER_S = 1
_CLOSED = 499  # as nginx calls it: the sender hung up before there was an answer
_LOG = logging.getLogger("api.requests")


class Requests:
    """Counts, logs and bounds the HTTP requests of a worker.

    `app.state` is as `observed` left it. Health and metrics are always answered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with all that belongs around it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _FIT.fullmatch(given) else secrets.token_hex(8)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await self._answer(scope, receive, send, request_id.encode())

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        state, begun, status = scope["app"].state, time.perf_counter(), _CLOSED

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID.encode(), request_id)]
            await send(message)

        telemetry: Telemetry | None = state.telemetry
        span: Span | None
        with nullcontext() if telemetry is None else telemetry.request(Headers(scope=scope)) as span:
            self.in_progress += 1
            state.in_progress = self.in_progress
            try:
                if self.in_progress > state.services.settings.max_requests and scope["path"] not in _ALWAYS:
                    await _refuse(send_with_id)
                else:
                    await self._app(scope, receive, send_with_id)
            except Exception:
                if status == _CLOSED:
                    raise
                # It was answered, and logged where it was: the framework raises it again for servers that log.
            finally:
                self.in_progress -= 1
                state.in_progress = self.in_progress
                _tell(scope, status, time.perf_counter() - begun, span)


def _tell(scope: Scope, status: int, seconds: float, span: Span | None) -> None:
    method, route = scope["method"], route_of(scope)
    count_request(method, route, status, seconds)
    if span is not None:
        span.answered(method, route, status)
    level = logging.DEBUG if route in _ALWAYS else logging.INFO
    if _LOG.isEnabledFor(level):
        told = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 2)}
        _LOG.log(level, "request", extra=told)


def route_of(scope: Scope) -> str:
    """The pattern of the path that a request was for: never the path, which may name an identifier."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__name__", type(endpoint).__name__) if endpoint is not None else "unknown"


async def _refuse(send: Send) -> None:
    error = BusyError("Too many requests are in progress: send this again a little later.")
    face = face_of(error)
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(_RETRY_AFTER_S).encode())]
    await send({"type": "http.response.start", "status": face.status, "headers": headers})
    await send({"type": "http.response.body", "body": face.body})
