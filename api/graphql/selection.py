"""Look-ahead: what a query selects under a field, so that one statement can ask for just that."""

from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)
from strawberry import Info
from strawberry.types.nodes import get_variable_values

ABSENT: Final = object()
"""The value of an argument that is not given."""


class Selection:
    """The fields that are selected under some fields; fragments are looked into, `@skip` and `@include` heeded.

    Type conditions are not looked at: what only another type would have is selected too, which costs, but never lacks.
    """

    def __init__(self, info: GraphQLResolveInfo[Any], fields: list[FieldNode]) -> None:
        self._info = info
        self._fields = fields

    @classmethod
    def of(cls, info: Info[Any, Any]) -> "Selection":
        """What is selected under the field that is being resolved."""
        raw = info._raw_info
        return cls(raw, list(raw.field_nodes))

    def under(self, *names: str) -> "Selection":
        """What is selected under fields below: `under("edges", "node")` goes down two levels."""
        found = self
        for name in names:
            found = Selection(self._info, [field for field in found if field.name.value == name])
        return found

    def __iter__(self) -> Iterator[FieldNode]:
        for field in self._fields:
            if field.selection_set:
                yield from self._selected(field.selection_set)

    @property
    def names(self) -> set[str]:
        """The names of the fields, `__typename` left out."""
        return {field.name.value for field in self} - {"__typename"}

    def argument(self, field: FieldNode, name: str) -> object:
        """The value that a field's argument is given in the query or by a variable; ABSENT where it is not given."""
        for one in field.arguments or ():
            if one.name.value == name:
                return self._value(one.value)
        return ABSENT

    def _selected(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for one in selections.selections:
            if one.directives and not self._included(one.directives):
                continue
            if isinstance(one, FieldNode):
                yield one
            elif isinstance(one, InlineFragmentNode):
                yield from self._selected(one.selection_set)
            elif isinstance(one, FragmentSpreadNode):
                yield from self._selected(self._info.fragments[one.name.value].selection_set)

    def _included(self, directives: tuple[DirectiveNode, ...]) -> bool:
        for one in directives:
            name = one.name.value
            # Each has one argument: `if`.
            if (
                name in {"skip", "include"}
                and one.arguments
                and self._value(one.arguments[0].value) is (name == "skip")
            ):
                return False
        return True

    def _value(self, node: ValueNode) -> object:
        variables = get_variable_values(self._info)
        if isinstance(node, VariableNode):
            return variables.get(node.name.value, ABSENT)
        value: object = value_from_ast_untyped(node, variables)
        return value
