"""How a plan calls a resolver: straight where Strawberry would only hand it arguments, else as graphql-core does.

Arguments are coerced and converted once a request, or once for all requests where they hold no variable.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode, Visitor, default_field_resolver, get_argument_values, visit
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.graphql.conversion import simple_converter

DEFINITION = "strawberry-definition"
Known = dict[int, dict[str, Any]]
"""A request's converted arguments, by the number of the call."""

Call = Callable[[Any, Any, VariableValues, Known], Any]
"""Calls a resolver with source, info, the request's variables and known arguments; gives its value or an awaitable."""

_Convert = Callable[[dict[str, Any], Any], dict[str, Any]]
_numbers = count()


def call_of(schema: Schema, definition: GraphQLField, node: FieldNode) -> Call:
    """How to call the resolver of a field, as selected by a node. Raises GraphQLError where a literal does not fit."""
    source = definition.extensions.get(DEFINITION)
    if isinstance(source, StrawberryField) and _calls_straight(schema, source):
        return _straight(source, _arguments(definition, node, _converter(schema, source)), schema.config.info_class)
    resolve = definition.resolve or default_field_resolver
    arguments_of = _arguments(definition, node, lambda given, _info: given)
    return lambda value, info, variables, known: resolve(value, info, **arguments_of(variables, known, info))


def is_attribute(definition: GraphQLField) -> bool:
    """Whether a field's value is just an attribute of its source, as Strawberry reads it where there is no resolver."""
    source = definition.extensions.get(DEFINITION)
    return (
        isinstance(source, StrawberryField)
        and source.is_basic_field
        and not definition.args
        and type(source).get_result is StrawberryField.get_result
        and source.default_resolver is getattr
    )


def _calls_straight(schema: Schema, source: StrawberryField) -> bool:
    return (
        source.base_resolver is not None
        and not source.extensions
        and not schema.exception_handlers
        and type(source).get_result is StrawberryField.get_result
    )


def _straight(source: StrawberryField, arguments_of: Callable[..., dict[str, Any]], info_class: Any) -> Call:
    resolver: Any = source.base_resolver
    function = resolver.wrapped_func
    takes_self = resolver.self_parameter is not None
    parents = [one.name for one in (resolver.parent_parameter, resolver.root_parameter) if one is not None]
    info_name = resolver.info_parameter.name if resolver.info_parameter is not None else None

    def call(value: Any, info: Any, variables: VariableValues, known: Known) -> Any:
        arguments = arguments_of(variables, known, info)
        if parents or info_name is not None:
            arguments = dict(arguments)
            for name in parents:
                arguments[name] = value
            if info_name is not None:
                arguments[info_name] = info_class(info, source)
        return function(value, **arguments) if takes_self else function(**arguments)

    return call


def _converter(schema: Schema, source: StrawberryField) -> _Convert:
    """What Strawberry's `convert_arguments` does, worked out once for the types that it does nothing special for."""
    registry, config = schema.schema_converter.scalar_registry, schema.config
    simple = [
        (config.name_converter.from_argument(one), one.python_name, simple_converter(one.type, schema))
        for one in source.arguments
    ]
    if all(convert is not None for _, _, convert in simple):
        known: Any = simple
        return lambda given, _info: {name: convert(given[key]) for key, name, convert in known if key in given}
    return lambda given, info: convert_arguments(
        given, source.arguments, registry, config, config.info_class(info, source)
    )


def _arguments(definition: GraphQLField, node: FieldNode, convert: _Convert) -> Callable[..., dict[str, Any]]:
    """The arguments of a field for one request: given its variables, what it knows already, and the field's info."""
    if not definition.args:
        return lambda _variables, _known, _info: {}
    number = next(_numbers)
    literal: Known = {}
    is_literal = not any(map(_has_variable, node.arguments or ()))
    if is_literal:
        get_argument_values(definition, node, None, None, True)

    def arguments(variables: VariableValues, known: Known, info: Any) -> dict[str, Any]:
        if is_literal:
            known = literal
        found = known.get(number)
        if found is None:
            found = convert(get_argument_values(definition, node, variables, None, True), info)
            known[number] = found
        return found

    return arguments


def _has_variable(node: Any) -> bool:
    found: list[VariableNode] = []

    class Variables(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.append(node)

    visit(node, Variables())
    return bool(found)
