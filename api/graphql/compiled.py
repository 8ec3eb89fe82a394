"""Queries turned into a plan once, and then completed without graphql-core's machinery for each field.

A plan is a tree of closures over one operation and one truth assignment of its `@skip` and `@include` conditions. It
calls resolvers through the schema's own resolve functions, awaits those of one level together, and completes whatever
they return by attribute access. It finishes only results without errors: on anything else it raises, and graphql-core's
executor answers, with the outcome of each resolver that was called already in the place of a second call.

Resolvers must not change their arguments: literal ones are coerced once for all requests.
"""

from asyncio import gather
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    Undefined,
    default_type_resolver,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields, collect_subfields
from graphql.pyutils import Path
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from api.graphql.leaves import Complete, UnusualError, leaf, unusual
from api.graphql.resolvers import DEFINITION, Known, call_of, is_attribute

_NO_INFO: Any = None


class NotCompiledError(Exception):
    """The operation has something that no plan is made for; graphql-core's executor runs it."""


@dataclass(slots=True)
class Run:
    """One request's way through a plan. `outcomes`: what each called resolver gave, be it value, error or awaitable."""

    executor: Executor[Any]
    outcomes: dict[Path, Any] = field(default_factory=dict)
    pending: list["Pending"] = field(default_factory=list)
    arguments: Known = field(default_factory=dict)


class Pending(NamedTuple):
    """A value that is awaited, and the place in the answer that it belongs to."""

    path: Path
    awaitable: Any
    place: dict[str, Any]
    key: str
    complete: "Completer"
    info: Any


class Completer(NamedTuple):
    """How values of a type become JSON. Where no resolver lies below, `plain` does it from the value alone."""

    plain: Complete | None
    full: Callable[[Any, Run, Path, Any], Any]

    @classmethod
    def of_plain(cls, plain: Complete) -> "Completer":
        """What needs nothing but the value."""
        return cls(plain, lambda value, _run, _path, _info: plain(value))


Step = Callable[[dict[str, Any], Any, Run, Path | None], None]
"""Completes a field that has no plain way, at its place in an answer: gets place, source, run and the place's path."""


class Plan:
    """A query, ready to run for each set of variables that gives its conditions the same truth values."""

    def __init__(self, schema: Schema, executor: Executor[Any]) -> None:
        """Make the plan of an executor's operation. Raises NotCompiledError."""
        compiler = _Compiler(schema, executor)
        root = executor.schema.query_type
        if root is None:
            raise NotCompiledError
        fields, deferred, _ = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation, True
        )
        if deferred:
            raise NotCompiledError
        self._root = compiler.fields(root, fields)

    async def data(self, run: Run) -> dict[str, Any]:
        """The answer's data. Raises any exception where graphql-core must answer; `run.outcomes` is then complete."""
        data: dict[str, Any] = self._root(run.executor.root_value, run)
        while run.pending:
            level, run.pending = run.pending, []
            if len(level) == 1:
                values = [await _settled(level[0].awaitable)]
            else:
                values = await gather(*(pending.awaitable for pending in level), return_exceptions=True)
            for pending, value in zip(level, values, strict=True):
                run.outcomes[pending.path] = value
            for pending, value in zip(level, values, strict=True):
                path, _, place, key, complete, info = pending
                place[key] = complete.full(value, run, path, info)
        return data


async def _settled(awaitable: Any) -> Any:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001  # whatever it is, graphql-core makes the answer's error of it
        return error


class _Compiler:
    def __init__(self, schema: Schema, executor: Executor[Any]) -> None:
        self._strawberry = schema
        self._executor = executor
        self._schema = executor.schema

    def fields(self, type_: GraphQLObjectType, fields: GroupedFieldSet) -> Callable[[Any, Run], dict[str, Any]]:
        """The root selection: like any object's, but that there is no value to check."""
        steps = [self._field(type_, key, details) for key, details in fields.items()]

        def complete(root: Any, run: Run) -> dict[str, Any]:
            data: dict[str, Any] = {}
            for key, get, plain, step in steps:
                if step is None:
                    data[key] = plain(get(root))
                else:
                    step(data, root, run, None)
            return data

        return complete

    def _field(
        self, parent: GraphQLObjectType, key: str, details: FieldDetailsList
    ) -> tuple[str, Complete, Complete, Step | None]:
        """The field's key, how to get and to complete its value, or the step that does both."""
        name = details[0].node.name.value
        if name == "__typename":
            typename = parent.name
            return key, lambda _source: typename, _same, None
        definition = self._schema.get_field(parent, name)
        if definition is None or name.startswith("__"):
            raise NotCompiledError
        complete = self._value(definition.type, details)
        if not is_attribute(definition):
            return key, _same, _same, self._resolved(parent, key, details, definition, complete)
        get = attrgetter(definition.extensions[DEFINITION].python_name)
        if complete.plain is not None:
            return key, get, complete.plain, None
        return key, get, _same, self._attribute(parent, key, details, definition, complete, get)

    def _attribute(
        self,
        parent: GraphQLObjectType,
        key: str,
        details: FieldDetailsList,
        definition: GraphQLField,
        complete: Completer,
        get: Complete,
    ) -> Step:
        nodes, typename, full = [detail.node for detail in details], parent.name, complete.full

        def step(place: dict[str, Any], source: Any, run: Run, above: Path | None) -> None:
            path = Path(above, key, typename)
            info = run.executor.build_resolve_info(definition, nodes, parent, path)
            place[key] = full(get(source), run, path, info)

        return step

    def _resolved(
        self,
        parent: GraphQLObjectType,
        key: str,
        details: FieldDetailsList,
        definition: GraphQLField,
        complete: Completer,
    ) -> Step:
        nodes, typename, full = [detail.node for detail in details], parent.name, complete.full
        call = call_of(self._strawberry, definition, nodes[0])

        def step(place: dict[str, Any], source: Any, run: Run, above: Path | None) -> None:
            path = Path(above, key, typename)
            info = run.executor.build_resolve_info(definition, nodes, parent, path)
            try:
                value = call(source, info, run.executor.variable_values, run.arguments)
            except Exception as error:
                run.outcomes[path] = error
                raise
            run.outcomes[path] = value
            if optimized_is_awaitable(value):
                place[key] = None
                run.pending.append(Pending(path, value, place, key, complete, info))
            else:
                place[key] = full(value, run, path, info)

        return step

    def _value(self, type_: GraphQLOutputType, details: FieldDetailsList, *, nullable: bool = True) -> Completer:
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, details, nullable=False)
        if isinstance(type_, GraphQLList):
            return _listed(self._value(type_.of_type, details), nullable)
        if isinstance(type_, GraphQLObjectType):
            return self._object(type_, details, nullable)
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return self._abstract(type_, details, nullable)
        return Completer.of_plain(leaf(type_, nullable=nullable))

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList, nullable: bool) -> Completer:
        executor = self._executor
        fields, deferred, _ = collect_subfields(
            self._schema, executor.fragments, executor.variable_values, executor.operation, type_, details, True
        )
        if deferred:
            raise NotCompiledError
        steps = [self._field(type_, key, of_key) for key, of_key in fields.items()]
        check = _check(nullable)
        usual = check.usual
        is_type_of = type_.is_type_of
        plain_steps = [(key, get, complete) for key, get, complete, step in steps if step is None]

        def plain(value: Any) -> Any:
            if type(value) not in usual and check(value):
                return None
            if is_type_of is not None and is_type_of(value, _NO_INFO) is not True:
                raise UnusualError
            return {key: complete(get(value)) for key, get, complete in plain_steps}

        def full(value: Any, run: Run, path: Path, info: Any) -> Any:
            if type(value) not in usual and check(value):
                return None
            if is_type_of is not None and is_type_of(value, info) is not True:
                raise UnusualError
            place: dict[str, Any] = {}
            for key, get, complete, step in steps:
                if step is None:
                    place[key] = complete(get(value))
                else:
                    step(place, value, run, path)
            return place

        if len(plain_steps) == len(steps) and _ignores_info(type_):
            return Completer.of_plain(plain)
        return Completer(None, full)

    def _abstract(self, type_: GraphQLAbstractType, details: FieldDetailsList, nullable: bool) -> Completer:
        schema, check = self._schema, _check(nullable)
        resolve_type = type_.resolve_type or default_type_resolver
        by_name = {
            possible.name: self._object(possible, details, nullable=False).full
            for possible in schema.get_possible_types(type_)
        }

        def full(value: Any, run: Run, path: Path, info: Any) -> Any:
            if type(value) not in check.usual and check(value):
                return None
            name = resolve_type(value, info, type_)
            if not isinstance(name, str):
                raise UnusualError
            return by_name[name](value, run, path, info)

        return Completer(None, full)


class _check:  # noqa: N801  # reads as the function that it is
    """Whether a composite value is null. Raises UnusualError where graphql-core must see to it.

    Types of values that are neither null nor unusual are remembered in `usual`, so most values are seen to by one look.
    """

    __slots__ = ("_nullable", "usual")

    def __init__(self, nullable: bool) -> None:
        self._nullable = nullable
        self.usual: set[type] = set()

    def __call__(self, value: Any) -> bool:
        if value is None or value is Undefined:
            if self._nullable:
                return True
            raise UnusualError
        if unusual(value):
            raise UnusualError
        self.usual.add(type(value))
        return False


def _listed(item: Completer, nullable: bool) -> Completer:
    plain, full = item

    def given(values: Any) -> bool:
        """Whether there is a list; only such whose items can be read twice, should graphql-core have to."""
        if isinstance(values, list | tuple):
            return True
        if nullable and (values is None or values is Undefined):
            return False
        raise UnusualError

    if plain is not None:
        return Completer.of_plain(lambda values: [plain(value) for value in values] if given(values) else None)

    def complete(values: Any, run: Run, path: Path, info: Any) -> Any:
        if not given(values):
            return None
        return [full(value, run, Path(path, index, None), info) for index, value in enumerate(values)]

    return Completer(None, complete)


def _same(value: Any) -> Any:
    return value


def _ignores_info(type_: GraphQLObjectType) -> bool:
    """Whether a type has no `is_type_of` of its own making, which might look at the field's info."""
    if type_.is_type_of is None:
        return True
    definition = type_.extensions.get(DEFINITION)
    return definition is not None and definition.is_type_of is None
