"""GraphQL over HTTP, as its specification has it (September 2025 draft), over a Strawberry schema.

An operation that is not run at all answers with status 400 in `application/graphql-response+json`, with 200 in
`application/json`; what is no GraphQL request at all answers 4xx in both. Where the store could give nothing, the
status says so (503, with Retry-After), for clients and proxies that look no further.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson
from graphql import ExecutionResult, ExperimentalIncrementalExecutionResults, GraphQLError, OperationType
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from api.access.principal import Principal
from api.errors import STATUS_BY_CODE, Face, face_of, log_failure
from api.graphql.documents import Documents, Persisted, RequestError
from api.graphql.errors import tell
from api.graphql.execution import Operation, Result, VariablesError
from api.graphql.limits import LimitError, Limits
from api.graphql.negotiation import GRAPHQL, HTML, JSON, MULTIPART, media_types
from api.graphql.requests import Asked, asked_by_get, asked_by_post, check_origin
from graph_cdp.errors import GraphCdpError

_METHODS: Final = {"Allow": "GET, POST"}
_BOUNDARY = "graphql"
_UNAVAILABLE = (503, 429)

Work = Callable[[object], Awaitable[Result]]


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
class Options:
    """How a schema is served.

    `batch`: the most operations of a request, 1 for no batches. `documents`: how many are kept, and how many by hash.
    `listed`: trusted documents by hash, the only ones that are run; None to run any.
    """

    limits: Limits = field(default_factory=Limits)
    introspection: bool = False
    batch: int = 1
    documents: int = 1000
    listed: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphQLOverHttp:
    """An ASGI application that answers GraphQL requests; `page` answers browsers that ask for HTML."""

    def __init__(
        self,
        schema: Schema,
        options: Options,
        authenticate: Callable[[HTTPConnection], Awaitable[Principal]],
        around: Around,
        page: Callable[[Request], Response] | None = None,
    ) -> None:
        self._options = options
        self._documents = Documents(schema, options.limits, introspection=options.introspection, most=options.documents)
        self._persisted = Persisted(options.documents, options.listed)
        self._authenticate = authenticate
        self._around = around
        self._page = page

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
        media = next((one for one in wanted if one in {JSON, GRAPHQL}), JSON if MULTIPART in wanted else None)
        if media is None:
            message = f"Answers are {GRAPHQL} or {JSON}: accept one of them."
            return _refusal(JSON, Face(406, {}, "not_acceptable", message))
        try:
            return await self._run(request, media, streams=MULTIPART in wanted)
        except GraphCdpError as error:
            log_failure(error)
            return _refusal(media, face_of(error))
        except RequestError as error:
            return _written(media, _Answer(400, _errors(error.errors)))

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
            operation = self._operation(asked)
            if request.method == "GET" and operation[0].type is not OperationType.QUERY:
                body = _errors([_error("method_not_allowed", "A GET runs queries only: send a POST.")])
                return _Answer(405, body, {"Allow": "POST"})
            result = await self._result(request, principal, operation, asked, streams=streams)
        except RequestError as error:
            return _Answer(400 if media == GRAPHQL else 200, _errors(error.errors))
        except Exception as error:  # noqa: BLE001  # told as any error is, in the form of a GraphQL answer
            log_failure(error)
            face = face_of(error)
            return _Answer(face.status, _errors([_error(face.code, face.message)]), face.headers)
        if isinstance(result, ExperimentalIncrementalExecutionResults):
            return StreamingResponse(_parts(result), media_type=f'{MULTIPART}; boundary="{_BOUNDARY}"')
        return _of_result(result)

    def _operation(self, asked: Asked) -> tuple[Operation, Any]:
        text, digest = self._persisted.text_of(asked.query, asked.extensions.get("persistedQuery"))
        document = self._documents.document_of(text)
        found = document.operation(asked.operation_name)
        if digest is not None:
            self._persisted.keep(digest, text)
        return found

    async def _result(
        self, request: Request, principal: Principal, found: tuple[Operation, Any], asked: Asked, *, streams: bool
    ) -> Result:
        operation, cost = found
        if operation.type is OperationType.SUBSCRIPTION:
            raise RequestError.of("subscription_transport", "A subscription needs a transport that streams.")
        try:
            variables = operation.coerced(asked.variables)
        except VariablesError as error:
            for one in error.errors:
                one.extensions = {"code": "variables_invalid"}
            raise RequestError(*error.errors) from None
        price, most = cost.with_variables(variables.coerced), self._options.limits.cost
        if price > most:
            raise RequestError(LimitError("cost", "a cost of", price, most))
        streams = streams and operation.is_incremental
        return await self._around(
            request,
            principal,
            operation.type,
            lambda context: operation.run(variables, context, whole=not streams),
            streams=streams,
        )


def _of_result(result: ExecutionResult) -> _Answer:
    if not result.errors:
        return _Answer(200, {"data": result.data})
    tell(result.errors)
    body = {"data": result.data, "errors": [_formatted(error) for error in result.errors]}
    if not any(value is not None for value in (result.data or {}).values()):
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


def _error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _errors(errors: Any) -> dict[str, Any]:
    return {"errors": [_formatted(error) for error in errors]}


def _formatted(error: GraphQLError) -> Mapping[str, Any]:
    if not error.extensions:
        error.extensions = {"code": "input_invalid"}
    return error.formatted


def _refusal(media: str, face: Face) -> Response:
    return _written(media, _Answer(face.status, _errors([_error(face.code, face.message)]), face.headers))


def _written(media: str, answer: _Answer) -> Response:
    return _bytes(media, answer.status, orjson.dumps(answer.body), answer.headers)


def _bytes(media: str, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, dict(headers or {}), f"{media}; charset=utf-8")
