"""What a request asks: `query`, `operationName`, `variables` and `extensions`, from a body or from an address."""

from typing import Any, NamedTuple

import orjson
from starlette.requests import Request

from api.failures import TooLargeError, UnsupportedMediaError
from api.graphql.documents import RequestError
from graph_cdp.errors import GraphCdpError, InputError

MAX_BODY = 1_000_000
"""Bytes of a body, twice those of the largest batch of events."""

_PREFLIGHTED = ("graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name")


class CrossSiteError(GraphCdpError):
    """A request may come from a page of another site, which a browser sent without asking first."""

    code = "forbidden"


class Asked(NamedTuple):
    """One operation to run. `query` is None where the document is named by its hash in `extensions`."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


def check_origin(request: Request) -> None:
    """Raise where a page of another site could have sent a request without the browser asking first (CSRF).

    A POST must have a JSON body, which no form sends. A GET runs queries only; where the browser says that another
    site makes it, it must have a header that pages cannot add unasked.
    """
    headers = request.headers
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST":
        if content_type != "application/json":
            raise UnsupportedMediaError("The body of a POST must be application/json.")
        return
    foreign = headers.get("sec-fetch-site", "none").lower() not in {"none", "same-origin"} or "origin" in headers
    if foreign and content_type != "application/json" and not any(headers.get(name) for name in _PREFLIGHTED):
        raise CrossSiteError("From another site a GET needs the header GraphQL-Require-Preflight, with any value.")


async def asked_by_post(request: Request, most: int) -> Asked | list[Asked]:
    """The operation of a body, or a batch of them, at most `most` (1: no batches).

    Raises RequestError, TooLargeError, and InputError where the body is no JSON.
    """
    try:
        body: Any = orjson.loads(await _body(request))
    except orjson.JSONDecodeError:
        raise InputError("The body is no JSON.") from None
    if not isinstance(body, list):
        return asked_of(body)
    if not 0 < len(body) <= most or most == 1:
        remedy = f"send 1 to {most} operations" if most > 1 else "send one operation"
        raise RequestError.of("batch_limit", f"A batch of {len(body)} operations is not taken; {remedy}.")
    return [asked_of(one) for one in body]


def asked_by_get(request: Request) -> Asked:
    """The operation of an address. Raises RequestError."""
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError:
                raise _invalid(f"`{name}` is no JSON.") from None
    return asked_of(given)


async def _body(request: Request) -> bytes:
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        raise TooLargeError(f"The body is larger than {MAX_BODY} bytes.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLargeError(f"The body is larger than {MAX_BODY} bytes.")
    return bytes(body)


def asked_of(given: object) -> Asked:
    """The operation of a JSON object. Raises RequestError."""
    if not isinstance(given, dict):
        raise _invalid("An operation is a JSON object.")
    query, name = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    if not isinstance(query, str | None):
        raise _invalid("`query` is a text.")
    if not isinstance(name, str | None):
        raise _invalid("`operationName` is a text.")
    if not isinstance(variables, dict | None):
        raise _invalid("`variables` is an object.")
    if not isinstance(extensions, dict | None):
        raise _invalid("`extensions` is an object.")
    if query is None and not (extensions or {}).get("persistedQuery"):
        raise _invalid("The request has no `query`.")
    return Asked(query, name, variables or {}, extensions or {})


def _invalid(message: str) -> RequestError:
    return RequestError.of("request_invalid", message)
