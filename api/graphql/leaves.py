"""How leaf values become JSON: graphql-core's coercions, with a short way for the types that are the rule."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from strawberry.execution import optimized_is_awaitable

Complete = Callable[[Any], Any]

_PLAIN = frozenset({int, str, float})


class UnusualError(Exception):
    """A plan met a value that it does not finish itself: graphql-core's executor takes the operation over."""


def unusual(value: object) -> bool:
    """Whether graphql-core would raise or await a value, whatever its type in the schema."""
    return isinstance(value, Exception) or optimized_is_awaitable(value)


def leaf(type_: GraphQLLeafType, *, nullable: bool) -> Complete:
    """What makes JSON of a value of a scalar or enum. Raises whatever graphql-core would make an error of."""
    coerce = type_.coerce_output_value

    def slow(value: object) -> object:
        if value is None or value is Undefined:
            if nullable:
                return None
            raise UnusualError
        if unusual(value):
            raise UnusualError
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise UnusualError
        return coerced

    if type_ is GraphQLString or type_ is GraphQLID:
        return lambda value: value if type(value) is str else slow(value)
    if type_ is GraphQLInt:
        low, high = GRAPHQL_MIN_INT, GRAPHQL_MAX_INT
        return lambda value: value if type(value) is int and low <= value <= high else slow(value)
    if type_ is GraphQLFloat:
        return lambda value: value if type(value) is float and isfinite(value) else slow(value)
    if type_ is GraphQLBoolean:
        return lambda value: value if value is True or value is False else slow(value)
    if isinstance(type_, GraphQLEnumType) and (members := getattr(type_, "wrapped_cls", None)):
        names = {member: coerce(member) for member in members}
        return lambda value: names[value] if type(value) is members else slow(value)

    def plain(value: object) -> object:
        """A number or text is neither null nor unusual."""
        coerced = coerce(value) if type(value) in _PLAIN else None
        return slow(value) if coerced is None or coerced is Undefined else coerced

    return plain
