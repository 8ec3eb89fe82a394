"""Which operations are compiled, and what happens where a plan cannot finish."""

import asyncio
import gc
import warnings
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, ExperimentalIncrementalExecutionResults, parse

from api.graphql.execution import Operation, VariablesError
from tests.graphql_schema import Context, schema


def operation_of(text: str) -> Operation:
    document = parse(text)
    return Operation(schema, document, document.definitions[0])


async def result_of(text: str, variables: dict[str, Any] | None = None, context: Context | None = None) -> Any:
    operation = operation_of(text)
    return await operation.run(operation.coerced(variables or {}), context or Context())


async def test_a_level_of_loaders_is_one_batch() -> None:
    context = Context()
    result = await result_of("{ branch { many(first: 3) { loaded { id loaded(step: 2) { id } } } } }", context=context)
    assert context.batches == [[2, 3, 4], [5, 6]]
    assert result.data["branch"]["many"][0] == {"loaded": {"id": "2", "loaded": {"id": "4"}}}


async def test_a_resolver_is_called_once_although_graphql_core_answers() -> None:
    context = Context()
    result = await result_of("{ branch { loaded { id broken } } }", context=context)
    assert result.data == {"branch": {"loaded": {"id": "2", "broken": None}}}
    assert [error.message for error in result.errors] == ["broken"]
    assert context.batches == [[2]]


async def test_conditions_choose_their_plan() -> None:
    operation = operation_of("query ($a: Boolean!, $b: Boolean!) { version @include(if: $a) x: version @skip(if: $b) }")
    for a in (True, False):
        for b in (True, False):
            result = await operation.run(operation.coerced({"a": a, "b": b}), None)
            assert isinstance(result, ExecutionResult)
            assert result.data == ({"version": 3} if a else {}) | ({} if b else {"x": 3})


async def test_introspection_mutations_and_deferred_fragments_are_run_by_graphql_core() -> None:
    assert (await result_of('{ version __type(name: "Leaf") { name } }')).data["__type"] == {"name": "Leaf"}
    assert (await result_of("mutation { a: count b: count }")).data == {"a": 1, "b": 2}
    deferred = await result_of("{ version ... @defer { branch { name } } }")
    assert isinstance(deferred, ExperimentalIncrementalExecutionResults)
    assert deferred.initial_result.data == {"version": 3}
    async for _ in deferred.subsequent_results:
        pass


@pytest.mark.parametrize("given", [{}, {"id": None}, {"id": ["a", "b"]}, {"id": {}}])
async def test_variables_that_do_not_fit_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(VariablesError) as refused:
        operation_of("query ($id: ID!) { node(id: $id) { id } }").coerced(given)
    assert refused.value.errors


async def test_variables_have_their_defaults() -> None:
    assert (await result_of('query ($id: ID = "3") { branch(id: $id) { id } }')).data == {"branch": {"id": "3"}}
    assert (await result_of("query ($id: ID) { branch(id: $id) { id } }")).data == {"branch": {"id": "1"}}


@strawberry.type
class Twin:
    """Two levels below a field that fails at once, resolvers are called that nobody waits for any more."""

    @strawberry.field
    async def twin(self) -> "Twin":
        return Twin()


@strawberry.type
class Query(Twin):
    @strawberry.field
    async def broken(self) -> int:
        raise ValueError


@pytest.mark.parametrize("compiled", [True, False])
async def test_resolvers_that_are_given_up_before_they_begin_leave_nothing_behind(compiled: bool) -> None:
    two = "a: twin { %s } b: twin { %s }"
    below = two % ((two % ("__typename", "__typename"),) * 2)
    document = parse(f"{{ broken {two % (below, below)} }}")
    operation = Operation(strawberry.Schema(Query), document, document.definitions[0])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert (await operation.run(operation.coerced({}), None, compiled=compiled)).data is None
        await asyncio.sleep(0)  # until nothing holds the error, whose frames hold them
        gc.collect()
    assert [str(one.message) for one in warned] == []
