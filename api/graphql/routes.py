"""GraphQL in the application: the schema on its transports with the settings in force, GraphiQL in development mode."""

from typing import Final, cast

from graphql import ExperimentalIncrementalExecutionResults, OperationType
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.authenticate import authenticate
from api.access.principal import Principal
from api.graphql import graphiql
from api.graphql.context import Context, entered_parts, in_context
from api.graphql.documents import listed_documents
from api.graphql.event_stream import event_stream
from api.graphql.execution import Result
from api.graphql.http import GraphQLOverHttp, Work
from api.graphql.limits import Limits
from api.graphql.operations import Options
from api.graphql.schema import schema
from api.graphql.sockets import graphql_socket
from api.services import services_of
from graph_cdp.config import Settings

PATH: Final = "/graphql"


def graphql_of(settings: Settings) -> GraphQLOverHttp:
    """What a worker keeps at `app.state.graphql`. Raises ConfigError where the list of documents cannot be read."""
    development = settings.mode == "development"
    told = settings.graphql_introspection
    options = options_of(settings, introspection=development if told is None else told)
    return GraphQLOverHttp(schema, options, authenticate, _around, graphiql.page if development else None, event_stream)


def options_of(settings: Settings, *, introspection: bool) -> Options:
    """How the schema is served. Raises ConfigError where the list of documents cannot be read."""
    return Options(
        limits=Limits(
            tokens=settings.graphql_tokens,
            depth=settings.graphql_depth,
            breadth=settings.graphql_breadth,
            aliases=settings.graphql_aliases,
            directives=settings.graphql_directives,
            cost=settings.graphql_cost,
        ),
        introspection=introspection,
        batch=settings.graphql_batch,
        documents=settings.graphql_documents,
        listed=listed_documents(settings.graphql_persisted) if settings.graphql_persisted else None,
    )


async def _around(
    connection: HTTPConnection, principal: Principal, operation: OperationType, work: Work, *, streams: bool
) -> Result:
    async def run(context: Context) -> Result:
        result = await work(context)
        if isinstance(result, ExperimentalIncrementalExecutionResults):
            return result._replace(subsequent_results=entered_parts(result.subsequent_results, context))
        return result

    one_view = operation is OperationType.QUERY and not streams
    return await in_context(services_of(connection), principal, run, one_view=one_view)


class _Graphql:
    """An object, which the router hands the bare connection; of a function it would make a request of its own.

    It is the connection's `route` too, so that logs and metrics name its path.
    """

    path: Final = PATH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        await cast("ASGIApp", scope["app"].state.graphql)(scope, receive, send)


class _InDevelopment:
    """Serves files below a path in development mode alone."""

    def __init__(self, path: str, files: ASGIApp) -> None:
        self.path = path
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        if scope["app"].state.services.settings.mode != "development":
            raise HTTPException(404)
        await self._files(scope, receive, send)


routes: list[BaseRoute] = [
    Route(PATH, _Graphql()),
    WebSocketRoute(PATH, graphql_socket),
    *(Mount(f"{PATH}/{name}", _InDevelopment(f"{PATH}/{name}", files)) for name, files in graphiql.files().items()),
]
