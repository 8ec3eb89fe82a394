"""GraphQL over HTTP, as its specification has it (September 2025 draft), over a Strawberry schema.

An operation that is not run at all answers with status 400 in `application/graphql-response+json`, with 200 in
`application/json`; what is no GraphQL request at all answers 4xx in both. Where the store could give nothing, the
status says so (503, with Retry-After), for clients and proxies that look no further.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson
from graphql import ExecutionResult, ExperimentalIncrementalExecutionResults, OperationType
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from api.access.principal import Principal
from api.errors import STATUS_BY_CODE, Face, face_of
from api.graphql.documents import RequestError
from api.graphql.errors import tell
from api.graphql.execution import Result
from api.graphql.negotiation import EVENT_STREAM, GRAPHQL, HTML, JSON, MULTIPART, media_types
from api.graphql.operations import Operations, Options, Prepared, body_of, coded, errors_body, failure_body
from api.graphql.requests import Asked, asked_by_get, asked_by_post, check_origin
from graph_cdp.errors import GraphCdpError

_METHODS: Final = {"Allow": "GET, POST"}
_BOUNDARY = "graphql"
_UNAVAILABLE = (503, 429)

Work = Callable[[object], Awaitable[Result]]
Stream = Callable[[Request, Principal, Operations, Asked], Response]


class Around(Protocol):
    """Runs an operation with a context: calls `work` with it, and lets go of it when `work` is done.

    With `streams` the result is read further after `work`, so the context must hold nothing that is let go of.
    """

    def __call__(
        self, connection: HTTPConnection, principal: Principal, operation: OperationType, work: Work, *, streams: bool
    ) -> Awaitable[Result]:
        """Run one operation of a request."""
        ...


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphQLOverHttp:
    """An ASGI application that answers GraphQL requests.

    `page` answers browsers that ask for HTML, `stream` whoever wants an operation's results as server-sent events.
    """

    def __init__(
        self,
        schema: Schema,
        options: Options,
        authenticate: Callable[[HTTPConnection], Awaitable[Principal]],
        around: Around,
        page: Callable[[Request], Response] | None = None,
        stream: Stream | None = None,
    ) -> None:
        self._options = options
        self.operations = Operations(schema, options)
        self._authenticate = authenticate
        self._around = around
        self._page = page
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        response = await self._response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Vary"] = "Accept, Authorization, X-Api-Key"
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method not in {"GET", "POST"}:
            return _refusal(JSON, Face(405, dict(_METHODS), "method_not_allowed", "Send a POST, or a GET for a query."))
        wanted = media_types(request.headers.get("accept", ""))
        if self._page is not None and request.method == "GET" and wanted[:1] == (HTML,):
            return self._page(request)
        stream = self._stream if wanted[:1] == (EVENT_STREAM,) else None
        in_json = stream is not None or MULTIPART in wanted
        media = next((one for one in wanted if one in {JSON, GRAPHQL}), JSON if in_json else None)
        if media is None:
            message = f"Answers are {GRAPHQL} or {JSON}: accept one of them."
            return _refusal(JSON, Face(406, {}, "not_acceptable", message))
        try:
            if stream is not None:
                return await self._streamed(request, stream)
            return await self._run(request, media, streams=MULTIPART in wanted)
        except (GraphCdpError, RequestError) as error:
            return _written(media, _failure(error))

    async def _streamed(self, request: Request, stream: Stream) -> Response:
        check_origin(request)
        principal = await self._authenticate(request)
        asked = asked_by_get(request) if request.method == "GET" else await asked_by_post(request, 1)
        if isinstance(asked, list):
            raise RequestError.of("batch_limit", "A stream is of one operation: send no list.")
        return stream(request, principal, self.operations, asked)

    async def _run(self, request: Request, media: str, *, streams: bool) -> Response:
        check_origin(request)
        principal = await self._authenticate(request)
        if request.method == "GET":
            asked: Asked | list[Asked] = asked_by_get(request)
        else:
            asked = await asked_by_post(request, self._options.batch)
        if isinstance(asked, list):
            answers = [await self._answer(request, principal, one, media, streams=False) for one in asked]
            whole = [answer.body for answer in answers if isinstance(answer, _Answer)]
            return _bytes(media, 200, orjson.dumps(whole))
        answer = await self._answer(request, principal, asked, media, streams=streams)
        return _written(media, answer) if isinstance(answer, _Answer) else answer

    async def _answer(
        self, request: Request, principal: Principal, asked: Asked, media: str, *, streams: bool
    ) -> _Answer | Response:
        try:
            prepared = self.operations.prepared(asked)
            if request.method == "GET" and prepared.operation.type is not OperationType.QUERY:
                body = errors_body([coded("method_not_allowed", "A GET runs queries only: send a POST.")])
                return _Answer(405, body, {"Allow": "POST"})
            result = await self._result(request, principal, prepared, streams=streams)
        except RequestError as error:
            return _Answer(400 if media == GRAPHQL else 200, errors_body(error.errors))
        except Exception as error:  # noqa: BLE001  # told as any error is, in the form of a GraphQL answer
            return _failure(error)
        if isinstance(result, ExperimentalIncrementalExecutionResults):
            return StreamingResponse(_parts(result), media_type=f'{MULTIPART}; boundary="{_BOUNDARY}"')
        return _of_result(result)

    async def _result(self, request: Request, principal: Principal, prepared: Prepared, *, streams: bool) -> Result:
        operation, variables = prepared
        if operation.type is OperationType.SUBSCRIPTION:
            message = f"A subscription needs a transport that streams: a WebSocket, or Accept: {EVENT_STREAM}."
            raise RequestError.of("subscription_transport", message)
        streams = streams and operation.is_incremental
        return await self._around(
            request,
            principal,
            operation.type,
            lambda context: operation.run(variables, context, whole=not streams),
            streams=streams,
        )


def _of_result(result: ExecutionResult) -> _Answer:
    body = body_of(result)
    if result.errors and not any(value is not None for value in (result.data or {}).values()):
        for error in result.errors:
            status = STATUS_BY_CODE.get(str((error.extensions or {}).get("code")), 200)
            if status in _UNAVAILABLE:
                return _Answer(status, body, {"Retry-After": "1"})
    return _Answer(200, body)


async def _parts(results: ExperimentalIncrementalExecutionResults) -> AsyncIterator[bytes]:
    """The parts of an incremental answer, each a JSON body."""
    first = results.initial_result
    tell(first.errors or ())
    yield _part(first.formatted)
    async for later in results.subsequent_results:
        for one in (*(later.incremental or ()), *(later.completed or ())):
            tell(one.errors or ())
        yield _part(later.formatted)
    yield f"--{_BOUNDARY}--\r\n".encode()


def _part(body: Mapping[str, Any]) -> bytes:
    return f"--{_BOUNDARY}\r\nContent-Type: {JSON}; charset=utf-8\r\n\r\n".encode() + orjson.dumps(body) + b"\r\n"


def _failure(error: Exception) -> _Answer:
    if isinstance(error, RequestError):
        return _Answer(400, failure_body(error))
    face = face_of(error)
    return _Answer(face.status, failure_body(error), face.headers)


def _refusal(media: str, face: Face) -> Response:
    return _written(media, _Answer(face.status, errors_body([coded(face.code, face.message)]), face.headers))


def _written(media: str, answer: _Answer) -> Response:
    return _bytes(media, answer.status, orjson.dumps(answer.body), answer.headers)


def _bytes(media: str, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, dict(headers or {}), f"{media}; charset=utf-8")
