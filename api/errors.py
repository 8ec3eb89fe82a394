"""The one table from errors to their HTTP face: status, headers, and `{"error": {"code", "message"}}`.

GraphQL gives the same codes in `extensions.code`.
"""

import logging
from collections.abc import Mapping
from typing import Final, NamedTuple

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from graph_cdp.errors import GraphCdpError, StoreError

_LOG = logging.getLogger(__name__)


STATUS_BY_CODE: Final[Mapping[str, int]] = {
    "input_invalid": 400,
    "page_too_large": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "cursor_expired": 410,
    "too_large": 413,
    "unsupported_media_type": 415,
    "busy": 429,
    "rate_limited": 429,
    "policy_invalid": 500,
    "config_invalid": 500,
    "error": 500,
    "internal": 500,
    "store_error": 500,
    "issuer_unavailable": 503,
    "store_unavailable": 503,
    "store_access": 503,
    "store_full": 503,
    "store_version": 503,
    "store_policy": 503,
}
"""The HTTP status of each code. 429: the sender, or all senders together, are too fast; 503: the store cannot take or
give anything now. Both say when to try again."""

_CODE_BY_STATUS = {
    400: "input_invalid",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}
_RETRY_AFTER_S = 10  # where nothing better is known: somebody has to see to the store
_INTERNAL = "This failed, and the log says why."
_NO_SUCH_PATH = "There is nothing at this path. GraphQL is at /graphql, and /openapi.json has the other paths."
# What these say themselves names the store's address, and is for the log.
_MESSAGE_BY_CODE = dict.fromkeys(("error", "internal", "store_error", "policy_invalid", "config_invalid"), _INTERNAL)
_MESSAGE_BY_CODE |= {
    "store_unavailable": "The store cannot be reached now. Send this again: what was stored counts once.",
    "store_full": "The store has no space left. Nothing of this request was stored: send it again later.",
}
_MESSAGE_BY_CODE |= dict.fromkeys(
    ("store_access", "store_version", "store_policy"), "The store cannot be used as it is: its operator must see to it."
)


class Face(NamedTuple):
    """An error as whoever asked sees it."""

    status: int
    headers: dict[str, str]
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """`{"error": {"code", "message"}}`."""
        return orjson.dumps({"error": {"code": self.code, "message": self.message}})


def face_of(error: Exception) -> Face:
    """The face of an error. What is none of this program's errors is `internal`, and tells nothing of itself."""
    code = error.code if isinstance(error, GraphCdpError) else "internal"
    status = STATUS_BY_CODE.get(code, 500)
    headers = {}
    if status in {429, 503}:
        headers["Retry-After"] = str(getattr(error, "retry_after_s", _RETRY_AFTER_S))
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="graph_cdp"'
    return Face(status, headers, code, _MESSAGE_BY_CODE.get(code) or str(error))


def log_failure(error: Exception) -> None:
    """Tell the log what the face of an error keeps back."""
    if isinstance(error, StoreError):
        _LOG.warning("the store failed: %s", error)
    elif face_of(error).code in _MESSAGE_BY_CODE:
        _LOG.error("a request failed", exc_info=error)


async def answer_error(_: Request, error: Exception) -> Response:
    """Answer a request that failed."""
    log_failure(error)
    face = face_of(error)
    return Response(face.body, face.status, face.headers, "application/json")


async def answer_refusal(_: Request, error: Exception) -> Response:
    """Answer what the framework refuses, by its status: an unknown path, a method that is not taken."""
    if not isinstance(error, HTTPException):
        raise error
    code = _CODE_BY_STATUS.get(error.status_code, "error")
    message = _NO_SUCH_PATH if error.status_code == 404 else str(error.detail)
    face = Face(error.status_code, dict(error.headers or {}), code, message)
    return Response(face.body, face.status, face.headers, "application/json")


async def answer_invalid(_: Request, error: Exception) -> Response:
    """Answer a request whose parameters or body are not of the form that is asked for."""
    if not isinstance(error, RequestValidationError):
        raise error
    places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return Response(Face(400, {}, "input_invalid", places).body, 400, None, "application/json")


def add_error_handlers(app: Starlette) -> None:
    """Give every error of an app its one face."""
    app.add_exception_handler(GraphCdpError, answer_error)
    app.add_exception_handler(HTTPException, answer_refusal)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(Exception, answer_error)
