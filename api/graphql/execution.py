"""An operation of a document, and how it is run: by its compiled plan where there is one, else by graphql-core."""

from collections.abc import AsyncIterable, Mapping
from inspect import CORO_CREATED, getcoroutinestate, isawaitable, iscoroutine
from typing import Any, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    FragmentDefinitionNode,
    GraphQLError,
    MiddlewareManager,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    Visitor,
    create_source_event_stream,
    default_field_resolver,
    default_type_resolver,
    get_variable_values,
    is_non_null_type,
    visit,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.pyutils import Path
from graphql.utilities import coerce_input_value
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.compiled import NotCompiledError, Plan, Run

Result = ExecutionResult | ExperimentalIncrementalExecutionResults

_PLANS = 16  # of one operation: twice as many truth assignments as three conditions have
_MAX_COERCION_ERRORS = 20


class VariablesError(Exception):
    """The variables do not fit the operation; `errors` tells which and why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


class Operation:
    """A validated operation, with what is worked out once for all its requests."""

    def __init__(self, schema: Schema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self.node = node
        self.type = node.operation
        self._schema = schema
        self._core = schema._schema  # Strawberry's door to graphql-core has no public name
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._details = {name: FragmentDetails(definition) for name, definition in self._fragments.items()}
        self._signatures = [
            get_variable_signature(self._core, definition) for definition in node.variable_definitions or ()
        ]
        found = _Directives()
        visit(document, found)
        self._conditions = tuple(sorted(found.variables))
        self.is_incremental = found.incremental
        self._compiles = self.type is OperationType.QUERY and not found.incremental
        self._plans: dict[tuple[Any, ...], Plan | None] = {}

    def coerced(self, given: Mapping[str, Any]) -> VariableValues:
        """The request's variables as the schema's types have them. Raises VariablesError."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature in self._signatures:
            if isinstance(signature, GraphQLError):
                return self._coerced_slowly(given)
            name, type_ = signature.name, signature.type
            if (value := given.get(name, Undefined)) is Undefined:
                if signature.default is not None or is_non_null_type(type_):
                    return self._coerced_slowly(given)
                sources[name] = VariableValueSource(signature)
                continue
            if input_is_nested_too_deeply(value, type_):
                return self._coerced_slowly(given)
            if (fitting := coerce_input_value(value, type_)) is Undefined:
                return self._coerced_slowly(given)
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = fitting
        return VariableValues(sources, coerced)

    def _coerced_slowly(self, given: Mapping[str, Any]) -> VariableValues:
        values = get_variable_values(
            self._core,
            self.node.variable_definitions or (),
            dict(given),
            max_errors=_MAX_COERCION_ERRORS,
            hide_suggestions=True,
        )
        if isinstance(values, list):
            raise VariablesError(values)
        return values

    async def run(
        self,
        variables: VariableValues,
        context: object,
        root: object = None,
        *,
        whole: bool = False,
        compiled: bool = True,
    ) -> Result:
        """The operation's result; that of graphql-core, whichever way it came about.

        `root`: the event, of a subscription. `whole`: at once, whatever the operation would defer. `compiled`: by a
        plan, where one can be made.
        """
        executor = self._executor(variables, context, root, whole=whole and self.is_incremental)
        if self.is_incremental and not whole:
            # Each part has an executor of its own, made from this one.
            return cast("Result", await _awaited(executor.execute_operation()))
        if compiled and (plan := self._plan(executor)) is not None:
            run = Run(executor)
            try:
                return ExecutionResult(await plan.data(run), None)
            except Exception:  # noqa: BLE001  # graphql-core says what becomes of it
                return await _run_with(executor, run.outcomes)
        return await _run(executor)

    async def events(self, variables: VariableValues, context: object) -> AsyncIterable[Any] | ExecutionResult:
        """The events of a subscription, each the root of a run of its own; or the errors that it has instead."""
        stream: Any = create_source_event_stream(self._executor(variables, context, None, whole=False))
        return cast("AsyncIterable[Any] | ExecutionResult", await stream if isawaitable(stream) else stream)

    def _executor(self, variables: VariableValues, context: object, root: object, *, whole: bool) -> Executor[Any]:
        return (_WholeExecutor if whole else self._schema.execution_context_class)(
            self._core,
            self._fragments,
            self._details,
            root,
            context,
            self.node,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=cast("Any", optimized_is_awaitable),
            hide_suggestions=True,
        )

    def _plan(self, executor: Executor[Any]) -> Plan | None:
        if not self._compiles:
            return None
        truths = tuple([executor.variable_values.coerced.get(name) for name in self._conditions])
        if truths not in self._plans and len(self._plans) < _PLANS:
            try:
                self._plans[truths] = Plan(self._schema, executor)
            except (NotCompiledError, GraphQLError):
                self._plans[truths] = None
        return self._plans.get(truths)


async def _awaited(result: Any) -> Any:
    return await result if isawaitable(result) else result


async def _run(executor: Executor[Any]) -> Result:
    """The result of graphql-core. What it gives up after an error, before it begins, is closed here."""
    complete, begun = executor.complete_awaitable_value, list[Any]()

    def remembered(*arguments: Any) -> Any:
        begun.append(arguments[4])
        return complete(*arguments)

    executor.complete_awaitable_value = remembered  # type: ignore[method-assign, assignment]
    result = await _awaited(executor.execute_operation())
    if isinstance(result, ExecutionResult) and result.errors:
        for one in begun:
            if iscoroutine(one) and getcoroutinestate(one) == CORO_CREATED:
                one.close()
    return cast("Result", result)


async def _run_with(executor: Executor[Any], outcomes: dict[Path, Any]) -> Result:
    """Run an operation whose resolvers were called in part; none is called a second time."""

    def resolve(next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        if info.path not in outcomes:
            return next_(source, info, **arguments)
        outcome = outcomes.pop(info.path)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    executor.middleware_manager = MiddlewareManager(resolve)
    try:
        return await _run(executor)
    finally:
        for outcome in outcomes.values():
            if iscoroutine(outcome):
                outcome.close()


class _WholeExecutor(Executor[Any]):
    """Executes as Strawberry does, but for what an operation defers: that comes at once."""

    operation_extensions: Any = None
    build_resolve_info: Any = StrawberryGraphQLCoreExecutionContext.build_resolve_info


class _Directives(Visitor):
    """The variables that a document's conditions depend on, and whether it asks for incremental delivery."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.incremental = False

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("defer", "stream"):
            self.incremental = True
        elif node.name.value in ("skip", "include"):
            self.variables |= {
                argument.value.name.value for argument in node.arguments or () if argument.value.kind == "variable"
            }
