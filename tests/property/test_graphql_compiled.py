"""A compiled plan and graphql-core's executor give the same answer to any query, errors included."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, parse, validate
from hypothesis import assume, given, settings

from api.graphql.execution import Operation
from tests.graphql_queries import Query, queries
from tests.graphql_schema import Context, schema

CORE = schema._schema


def operation_of(query: Query) -> Operation:
    document = parse(query.text)
    assume(not validate(CORE, document))
    (node,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return Operation(schema, document, node)


def told(result: ExecutionResult) -> list[str]:
    """What the specification fixes of the errors: those of nulls of their own, and that each other null has one.

    Where several errors below a place each make it null, it leaves open how many of them are told.
    """
    return sorted(set(_told(result.data, result.errors or ())))


def _told(data: Any, errors: Sequence[GraphQLError]) -> Iterator[str]:
    for error in errors:
        place, path = data, []
        for key in error.path or ():
            if place is None:
                break
            place = place[key]
            path.append(key)
        yield str(error.formatted if path == error.path else path)


async def answer(operation: Operation, query: Query, *, compiled: bool) -> tuple[Any, list[str]]:
    result = await operation.run(operation.coerced(query.variables), Context(), compiled=compiled)
    assert isinstance(result, ExecutionResult)
    return repr(result.data), told(result)  # the order of the fields counts too


@settings(deadline=None)
@given(queries(CORE))
async def test_both_executors_give_the_same_answer(query: Query) -> None:
    operation = operation_of(query)
    expected = await answer(operation, query, compiled=False)
    assert await answer(operation, query, compiled=True) == expected
    assert await answer(operation, query, compiled=True) == expected
