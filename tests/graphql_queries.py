"""Random queries that are valid for a schema, with their variables, for hypothesis."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

_DEPTH = 4
_VALUES = {
    "Int": st.integers(-3, 5),
    "Float": st.sampled_from([0.5, 2.0]),
    "Boolean": st.booleans(),
    "String": st.sampled_from(["", "a", "null", "raise", "ü"]),
    "ID": st.sampled_from(["1", "2", "x"]),
    "DateTime": st.sampled_from(["2026-01-01T00:00:00Z", "2020-02-29T12:30:00.5Z"]),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A document of one operation, and variables for it."""

    text: str
    variables: dict[str, Any]


@dataclass(slots=True)
class _Writer:
    schema: GraphQLSchema
    draw: st.DrawFn
    samples: Mapping[str, st.SearchStrategy[Any]]
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def selection(self, type_: Any, depth: int) -> str:
        """A selection set for a composite type, never empty."""
        parts = [self.part(type_, depth) for _ in range(self.draw(st.integers(1, 4)))]
        return "{ " + " ".join(parts) + " }"

    def part(self, type_: Any, depth: int) -> str:
        kind = self.draw(st.sampled_from(["field"] * 6 + ["typename", "inline", "named"]))
        if kind == "typename" or (isinstance(type_, GraphQLUnionType) and kind == "field"):
            return "__typename" + self.condition()
        if kind in {"inline", "named"} and depth < _DEPTH:
            on = self.draw(st.sampled_from(self.narrower(type_)))
            body = self.selection(on, depth + 1)
            if kind == "inline":
                return f"... on {on.name}{self.condition()} {body}"
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {on.name} {body}")
            return f"...{name}{self.condition()}"
        if isinstance(type_, GraphQLUnionType):
            return "__typename"
        return self.field(type_, depth)

    def narrower(self, type_: Any) -> list[Any]:
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            return [type_, *self.schema.get_possible_types(type_)]
        return [type_, *type_.interfaces]

    def field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        names = [
            name
            for name, of_name in type_.fields.items()
            if depth < _DEPTH or is_leaf_type(get_named_type(of_name.type))
        ]
        if not names:
            return "__typename"
        name = self.draw(st.sampled_from(names))
        definition = type_.fields[name]
        arguments = self.arguments(definition)
        alias = ""
        if arguments or not is_leaf_type(get_named_type(definition.type)) or self.draw(st.booleans()):
            self.aliases += 1
            alias = f"a{self.aliases}: "
        inner = get_named_type(definition.type)
        body = "" if is_leaf_type(inner) else " " + self.selection(inner, depth + 1)
        return f"{alias}{name}{arguments}{self.condition()}{body}"

    def arguments(self, definition: GraphQLField) -> str:
        given = [
            f"{name}: {self.value(argument)}"
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self.draw(st.booleans())
        ]
        return f"({', '.join(given)})" if given else ""

    def value(self, argument: GraphQLArgument) -> str:
        if self.draw(st.booleans()):
            return self.variable(argument.type, str(argument.type))
        return _literal(self.json(argument.type), argument.type)

    def variable(self, type_: GraphQLInputType, declared: str) -> str:
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {declared}")
        if isinstance(type_, GraphQLNonNull) or self.draw(st.booleans()):
            self.variables[name] = self.json(type_)
        return f"${name}"

    def condition(self) -> str:
        if self.draw(st.integers(0, 5)):
            return ""
        directive = self.draw(st.sampled_from(["skip", "include"]))
        if self.draw(st.booleans()):
            return f" @{directive}(if: {str(self.draw(st.booleans())).lower()})"
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: Boolean!")
        self.variables[name] = self.draw(st.booleans())
        return f" @{directive}(if: ${name})"

    def json(self, type_: GraphQLInputType) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self.json_given(type_.of_type)
        return None if self.draw(st.integers(0, 4)) == 0 else self.json_given(type_)

    def json_given(self, type_: Any) -> Any:
        if (samples := self.samples.get(getattr(type_, "name", ""))) is not None:
            return self.draw(samples)
        if isinstance(type_, GraphQLList):
            return [self.json(type_.of_type) for _ in range(self.draw(st.integers(0, 2)))]
        if isinstance(type_, GraphQLEnumType):
            return self.draw(st.sampled_from(list(type_.values)))
        if isinstance(type_, GraphQLInputObjectType):
            return {
                name: self.json(of_name.type)
                for name, of_name in type_.fields.items()
                if is_required_input_field(of_name) or self.draw(st.booleans())
            }
        raise LookupError(f"no samples of {type_}")


def _literal(value: Any, type_: Any) -> str:
    """A JSON value as GraphQL writes it; but for enum values and the keys of objects it is JSON."""
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(value, list):
        return f"[{', '.join(_literal(item, type_.of_type) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(one, type_.fields[name].type)}" for name, one in value.items()) + "}"
    return str(value) if value is not None and isinstance(type_, GraphQLEnumType) else json.dumps(value)


@st.composite
def queries(
    draw: st.DrawFn, schema: GraphQLSchema, samples: Mapping[str, st.SearchStrategy[Any]] | None = None
) -> Query:
    """Queries that are valid for a schema, of all that its query type leads to; `samples` of input types by name."""
    writer = _Writer(schema, draw, _VALUES | dict(samples or {}))
    body = writer.selection(schema.query_type, 0)
    declared = f"({', '.join(writer.declared)})" if writer.declared else ""
    return Query(" ".join([f"query Q{declared} {body}", *writer.fragments]), writer.variables)
