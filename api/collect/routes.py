"""The paths of collection: they are the hottest, and do without the framework."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.authenticate import authenticate, require
from api.access.principal import Principal
from api.collect.body import read_body
from api.collect.libraries import settings_of
from api.collect.messages import (
    BATCH_BYTES,
    EVENT_BYTES,
    Messages,
    Refused,
    conflicting,
)
from api.collect.parsing import parsed
from api.errors import face_of, log_failure
from api.ops.metrics import count_refused
from api.services import services_of

Headers = list[tuple[bytes, bytes]]

_TYPES = ("identify", "track", "page", "screen", "group", "alias")
# The browser's library sends the first letter of a type.
_TYPE_BY_NAME: Final[Mapping[str, str | None]] = {
    **{name: type_ for type_ in _TYPES for name in (type_, type_[0])},
    **dict.fromkeys(("batch", "b", "import")),
}
_TYPE_BY_PATH: Final = {prefix + name: type_ for name, type_ in _TYPE_BY_NAME.items() for prefix in ("/v1/", "/")}
_SETTINGS = re.compile(r"/v1/projects/([^/]+)/settings")

OPEN: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After"),
]
"""What lets pages of any origin read an answer."""

_JSON: Final[Headers] = [(b"content-type", b"application/json"), *OPEN]
_SUCCESS: Final = b'{"success":true}'


class Collection:
    """Takes events in by the Segment HTTP API, from any origin; a request is answered after the commit.

    What is for another path goes on to `app`, which knows more, and takes longer to find out what a request is for.
    """

    path = "/v1/{type}"

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; every error has its face here, as senders in browsers may see none without CORS."""
        if not is_for(scope):
            await self._app(scope, receive, send)
            return
        scope["route"] = self
        try:
            if scope["method"] == "OPTIONS":
                await _answer(send, 204, b"", [*OPEN, *_preflight(scope)])
            elif scope["path"] in _TYPE_BY_PATH:
                await (_collect(scope, receive, send) if scope["method"] == "POST" else _refuse_method(send, b"POST"))
            else:
                await (_give_settings(scope, send) if scope["method"] == "GET" else _refuse_method(send, b"GET"))
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - all become answers
            log_failure(error)
            face = face_of(error)
            headers = [(name.lower().encode(), value.encode()) for name, value in face.headers.items()]
            await _answer(send, face.status, _failure(face.code, face.message), [*_JSON, *headers])


def is_for(scope: Scope) -> bool:
    """Whether a request is for collection."""
    return scope["type"] == "http" and (
        scope["path"] in _TYPE_BY_PATH or _SETTINGS.fullmatch(scope["path"]) is not None
    )


async def _collect(scope: Scope, receive: Receive, send: Send) -> None:
    type_ = _TYPE_BY_PATH[scope["path"]]
    body = await read_body(receive, dict(scope["headers"]), BATCH_BYTES if type_ is None else EVENT_BYTES)
    connection = HTTPConnection(scope)
    principal = await _sender(connection, partial(_key_in, body))
    services = services_of(connection)
    messages = Messages(body, services.now(), principal.source, type_)
    events, taken, ingested = await services.commits.read_and_submit(messages)
    if taken.error is not None:
        raise taken.error
    refused = [*taken.refused, *conflicting(events, taken, set(ingested.conflicts))]
    if refused:
        count_refused(len(taken.refused))
        await _answer(send, 400, _refusal(refused, len(taken.places) + len(taken.refused)), _JSON)
    else:
        await _answer(send, 200, _SUCCESS, _JSON)


def _key_in(body: bytes) -> str | None:
    """The write key that a body names. Most name none, and are parsed by whoever reads their events."""
    if b"writeKey" not in body:
        return None
    write_key = parsed(body).get("writeKey")
    return write_key if isinstance(write_key, str) else None


def _refusal(refused: Iterable[Refused], sent: int) -> bytes:
    listed = [one.shown for one in sorted(refused)]
    kept = sent - len(listed)
    message = f"{len(listed):,} of {sent:,} events refused, {kept:,} stored."
    return _failure("events_refused", message, stored=kept, refused=listed)


def _failure(code: str, message: str, **more: object) -> bytes:
    """The face of an error, twice: Segment's and Rudder's libraries look for code and message at the top."""
    told = {"code": code, "message": message}
    # Plain ASCII: what is refused may hold text that UTF-8 cannot.
    return json.dumps({"success": False, **told, "error": told, **more}).encode()


async def _give_settings(scope: Scope, send: Send) -> None:
    connection = HTTPConnection(scope)
    found = _SETTINGS.fullmatch(scope["path"])
    write_key = found[1] if found else ""
    await _sender(connection, lambda: write_key)
    await _answer(send, 200, settings_of(write_key, connection.url.netloc, connection.url.scheme), _JSON)


async def _sender(connection: HTTPConnection, write_key: Callable[[], str | None]) -> Principal:
    """Who sends, if they may."""
    principal = await authenticate(connection, write_key=write_key)
    require(principal, "collect")
    return principal


def _preflight(scope: Scope) -> Headers:
    """What a browser asks before it sends from another origin: whatever headers it wants, it may send."""
    asked = dict(scope["headers"]).get(b"access-control-request-headers", b"*")
    return [
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"Access-Control-Request-Headers"),
    ]


async def _refuse_method(send: Send, allowed: bytes) -> None:
    body = _failure("method_not_allowed", "This path is for other methods: see the header Allow.")
    await _answer(send, 405, body, [*_JSON, (b"allow", allowed + b", OPTIONS")])


async def _answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    length = [(b"content-length", str(len(body)).encode())] if body else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
