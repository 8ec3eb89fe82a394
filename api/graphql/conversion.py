"""Makes Python values of coerced GraphQL input, as Strawberry does, by functions that are composed once for a type."""

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

from strawberry import Schema
from strawberry.relay import GlobalID
from strawberry.schema.compat import is_scalar
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

Convert = Callable[[Any], Any]


def simple_converter(type_: Any, schema: Schema, within: tuple[type, ...] = ()) -> Convert | None:
    """How values of an input type are made; None where Strawberry itself must do it.

    That is where a type builds its own value, tells null from absent, takes one field of many, or holds itself.
    """
    if isinstance(type_, LazyType):
        type_ = type_.resolve_type()
    if isinstance(type_, StrawberryMaybe) or type_ is GlobalID or type_ in within:
        return None
    if isinstance(type_, StrawberryOptional):
        return simple_converter(type_.of_type, schema, within)
    if isinstance(type_, StrawberryList):
        convert = simple_converter(type_.of_type, schema, within)
        return (
            None if convert is None else lambda values: values if values is None else [convert(one) for one in values]
        )
    if is_scalar(type_, schema.schema_converter.scalar_registry) or _is_enum(type_):
        return lambda value: value
    if has_object_definition(type_):
        return _of_object(type_, type_.__strawberry_definition__, schema, within)
    return None


def _of_object(
    type_: type, definition: StrawberryObjectDefinition, schema: Schema, within: tuple[type, ...]
) -> Convert | None:
    if not definition.is_input or definition.is_one_of or definition.from_input is not None:
        return None
    fields = [
        (
            schema.config.name_converter.from_field(field),
            field.python_name,
            simple_converter(field.resolve_type(type_definition=definition), schema, (*within, type_)),
        )
        for field in definition.fields
    ]
    if any(convert is None for _, _, convert in fields):
        return None
    known: Any = fields
    # Strawberry gives None to what has no default: a nullable field that was left out.
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def convert(value: Any) -> Any:
        if value is None:
            return None
        return type_(**(absent | {name: of_field(value[key]) for key, name, of_field in known if key in value}))

    return convert


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_)
