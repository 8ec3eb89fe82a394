"""A real server on 127.0.0.1 that serves the tests' schema over HTTP, in a thread of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from graphql import OperationType
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Mount, Route

from api.access.principal import Principal
from api.errors import AuthError
from api.graphql import graphiql
from api.graphql.execution import Result
from api.graphql.http import GraphQLOverHttp, Options, Work
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
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        finally:
            server.should_exit = True
            thread.join()
