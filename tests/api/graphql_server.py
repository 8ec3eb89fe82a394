"""A real server on 127.0.0.1 that serves the tests' schema over HTTP, in a thread of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphql import OperationType
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Mount, Route

from api.access.principal import Principal
from api.failures import AuthError
from api.graphql import graphiql
from api.graphql.execution import Result
from api.graphql.http import GraphQLOverHttp, Options, Work
from tests.api.threads import in_thread
from tests.graphql_schema import Context, schema


async def authenticate(connection: HTTPConnection) -> Principal:
    if connection.headers.get("x-api-key") == "wrong":
        raise AuthError("The key is not known, or was revoked.")
    return Principal("development", "development", frozenset({"admin"}), "development")


async def around(
    connection: HTTPConnection, principal: Principal, operation: OperationType, work: Work, *, streams: bool
) -> Result:
    return await work(Context())


@contextmanager
def graphql_server(**options: Any) -> Iterator[str]:
    """The address of GraphQL, served with these options; introspection is allowed."""
    served = GraphQLOverHttp(
        schema, Options(**({"introspection": True} | options)), authenticate, around, graphiql.page
    )
    files = [Mount(f"/graphql/{name}", files) for name, files in graphiql.files().items()]
    app = Starlette(routes=[Route("/graphql", served), *files])
    with in_thread(app, lifespan="off") as url:
        yield f"{url}/graphql"
