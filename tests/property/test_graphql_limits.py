"""What the limits measure bounds what a query makes the server do."""

from typing import Any

from graphql import OperationDefinitionNode, parse, validate
from hypothesis import assume, given, settings

from api.graphql.execution import Operation
from api.graphql.limits import UNSIZED_LIST, cost_of
from tests.graphql_queries import Query, queries
from tests.graphql_schema import Context, schema

CORE = schema._schema


def fields_in(answer: Any) -> int:
    if isinstance(answer, list):
        return sum(map(fields_in, answer))
    return sum(1 + fields_in(value) for value in answer.values()) if isinstance(answer, dict) else 0


@settings(deadline=None)
@given(queries(CORE))
async def test_no_answer_has_more_fields_than_its_query_costs(query: Query) -> None:
    document = parse(query.text)
    assume(not validate(CORE, document))
    (node,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    operation = Operation(schema, document, node)
    variables = operation.coerced(query.variables)
    result: Any = await operation.run(variables, Context())
    # A custom scalar may hold an object, which is no field of the query's.
    assert fields_in(result.data) <= UNSIZED_LIST + cost_of(CORE, document, node).with_variables(variables.coerced)
