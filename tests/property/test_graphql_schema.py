"""The service's own schema: a compiled plan answers as graphql-core's executor does, from a store with data."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from graphql import ExecutionResult, OperationDefinitionNode, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.access.development import DEVELOPER
from api.app import create_app
from api.graphql.context import in_context
from api.graphql.execution import Operation, VariablesError
from api.graphql.schema import schema
from graph_cdp.config import Settings
from tests.graphql_queries import Query, queries
from tests.property.test_graphql_compiled import told
from tests.stores import file_url

CORE = schema._schema
PEOPLE = ("ann", "ben", "eve")
SAMPLES: dict[str, st.SearchStrategy[Any]] = {
    "IdentifierInput": st.sampled_from(
        [{"namespace": "email", "value": f"{name}@shop.org"} for name in PEOPLE]
        + [{"namespace": "anonymous_id", "value": "shared"}, {"namespace": "no", "value": "x"}]
    ),
    "Int": st.integers(0, 4),
    "JSON": st.sampled_from(["gold", 1, True]),
}


@pytest.fixture(scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    """The service, in this process, on a store with three profiles and one refusal."""
    folder = tmp_path_factory.mktemp("service")
    app = create_app(Settings(store=file_url(folder / "graph.db"), mode="development"))
    batch = [
        {
            "type": kind,
            "messageId": f"{name}-{kind}",
            "event": "Bought",
            "userId": name,
            "anonymousId": "shared",
            "traits": {"email": f"{name}@shop.org", "plan": "gold"},
        }
        for name in PEOPLE
        for kind in ("identify", "track")
    ]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.post("/v1/batch", json={"batch": batch})).status_code == 200
        yield app


async def answer(app: FastAPI, operation: Operation, query: Query, *, compiled: bool) -> tuple[str, list[str]]:
    variables = operation.coerced(query.variables)
    result = await in_context(
        app.state.services,
        DEVELOPER,
        lambda context: operation.run(variables, context, compiled=compiled),
        one_view=True,
    )
    assert isinstance(result, ExecutionResult)
    return repr(result.data), told(result)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries(CORE, SAMPLES))
async def test_both_executors_give_the_same_answer(app: FastAPI, query: Query) -> None:
    document = parse(query.text)
    assume(not validate(CORE, document))
    (node,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    operation = Operation(schema, document, node)
    try:
        expected = await answer(app, operation, query, compiled=False)
    except VariablesError:
        assume(False)
    assert await answer(app, operation, query, compiled=True) == expected
