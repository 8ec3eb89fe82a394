"""How large a query may be: tokens, depth, breadth, aliases, directives and cost, each with an error code of its own.

All but the cost are a document's, with fragments counted wherever they are spread; they are measured before it is
validated, so that validation is bounded too. The cost depends on the variables: it is the number of fields that an
answer can have, where a list counts as often as its `first` or `last` says, or UNSIZED_LIST times where nothing says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

UNSIZED_LIST: Final = 10
"""As many items a list is taken to have where no argument says how many are wanted."""

_SIZES = ("first", "last")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a document may have; `cost` is an operation's, with the variables of a request."""

    tokens: int = 5_000
    depth: int = 20
    breadth: int = 200
    aliases: int = 50
    directives: int = 50
    cost: int = 100_000


class LimitError(GraphQLError):
    """A document, or an operation with its variables, is larger than is allowed."""

    def __init__(self, kind: str, what: str, found: int, most: int) -> None:
        super().__init__(
            f"This query has {what} {min(found, 10**9)}; {most} is the most that is allowed.",
            extensions={"code": f"{kind}_limit"},
        )


class _Shape(NamedTuple):
    depth: int = 0
    breadth: int = 0
    widest: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "_Shape") -> "_Shape":
        """The shape of what is selected next to something else."""
        return _Shape(
            max(self.depth, other.depth),
            self.breadth + other.breadth,
            max(self.widest, other.widest, self.breadth + other.breadth),
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Raise LimitError where a document is too deep, broad or full of aliases or directives. It need not be valid."""
    try:
        shapes = _Shapes(document)
        found = [shapes.of(one.selection_set, len(one.directives or ())) for one in _operations(document)]
    except RecursionError:
        found = [_Shape(depth=limits.depth + 1)]
    for shape in found:
        for kind, what, most in (
            ("depth", "a depth of", limits.depth),
            ("breadth", "a breadth of", limits.breadth),
            ("alias", "a number of aliases of", limits.aliases),
            ("directive", "a number of directives of", limits.directives),
        ):
            value = {
                "depth": shape.depth,
                "breadth": shape.widest,
                "alias": shape.aliases,
                "directive": shape.directives,
            }[kind]
            if value > most:
                raise LimitError(kind, what, value, most)


class _Shapes:
    """Shapes of selections; each fragment is measured once, one that spreads itself counts nothing inside itself."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = _fragments(document)
        self._known: dict[str, _Shape] = {}

    def of(self, selections: SelectionSetNode, directives: int = 0) -> _Shape:
        shape = _Shape(directives=directives)
        for node in selections.selections:
            shape = shape.beside(self._of_node(node))
        return shape

    def _of_node(self, node: Any) -> _Shape:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            below = self.of(node.selection_set) if node.selection_set else _Shape()
            return _Shape(
                below.depth + 1, 1, below.widest, below.aliases + bool(node.alias), below.directives + directives
            )
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set, directives)
        shape = self._of_fragment(node)
        return shape._replace(directives=shape.directives + directives)

    def _of_fragment(self, spread: FragmentSpreadNode) -> _Shape:
        name = spread.name.value
        if name not in self._known:
            self._known[name] = _Shape()
            if name in self._fragments:
                definition = self._fragments[name]
                self._known[name] = self.of(definition.selection_set, len(definition.directives or ()))
        return self._known[name]


Size = Callable[[Mapping[str, Any]], int]


class Cost:
    """The cost of a selection: a number, and parts that count as many times as a size says."""

    def __init__(self, fixed: int, parts: Sequence[tuple[Size, "Cost"]]) -> None:
        self._fixed = fixed
        self._parts = tuple(parts)

    def with_variables(self, variables: Mapping[str, Any]) -> int:
        """The cost of a request. Each part is counted once, however often it is spread."""
        return self._counted(variables, {})

    def times(self, size: int) -> "Cost":
        """The cost of a list of this, of a size that is known."""
        return Cost(self._fixed * size, [(_times(size, of_part), part) for of_part, part in self._parts])

    def beside(self, other: "Cost") -> "Cost":
        """The cost of this and something else."""
        return Cost(self._fixed + other._fixed, (*self._parts, *other._parts))

    def _counted(self, variables: Mapping[str, Any], known: dict[int, int]) -> int:
        if id(self) not in known:
            known[id(self)] = self._fixed + sum(
                size(variables) * part._counted(variables, known) for size, part in self._parts
            )
        return known[id(self)]


def cost_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Cost:
    """The cost of an operation of a valid document."""
    return _Costs(schema, document).of(operation.selection_set, schema.get_root_type(operation.operation), sized=False)


class _Costs:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = _fragments(document)
        self._known: dict[tuple[str, bool], Cost] = {}

    def of(self, selections: SelectionSetNode, type_: Any, *, sized: bool) -> Cost:
        """The cost of a selection; `sized` where the lists right below have the size that their parent was given."""
        cost = Cost(0, ())
        for node in selections.selections:
            cost = cost.beside(self._of_node(node, type_, sized))
        return cost

    def _of_node(self, node: Any, type_: Any, sized: bool) -> Cost:
        if isinstance(node, FieldNode):
            return self._of_field(node, self._schema.get_field(type_, node.name.value), sized)
        if isinstance(node, InlineFragmentNode):
            on = self._schema.get_type(node.type_condition.name.value) if node.type_condition else type_
            return self.of(node.selection_set, on, sized=sized)
        key = node.name.value, sized
        if key not in self._known:
            definition = self._fragments[node.name.value]
            on = self._schema.get_type(definition.type_condition.name.value)
            cost = self.of(definition.selection_set, on, sized=sized)
            # A part of its own, so that it is counted once however often it is spread.
            self._known[key] = Cost(0, [(_once, cost)]) if cost._parts else cost
        return self._known[key]

    def _of_field(self, node: FieldNode, definition: GraphQLField | None, sized: bool) -> Cost:
        one = Cost(1, ())
        if node.selection_set is None or definition is None:
            return one
        size = _size(node, definition)
        below = self.of(node.selection_set, get_named_type(definition.type), sized=size is not None)
        if size is None:
            return one.beside(below.times(UNSIZED_LIST if _is_list(definition.type) and not sized else 1))
        return one.beside(below.times(size) if isinstance(size, int) else Cost(0, [(size, below)]))


def _size(node: FieldNode, definition: GraphQLField) -> int | Size | None:
    """How many are asked for: known already, known with the variables, or None where no argument asks."""
    sizes = [name for name in _SIZES if name in definition.args]
    if not sizes:
        return None
    for argument in node.arguments or ():
        if argument.name.value in sizes and isinstance(argument.value, IntValueNode):
            return max(1, int(argument.value.value))
        if argument.name.value in sizes and isinstance(argument.value, VariableNode):
            return _of_variable(argument.value.name.value)
    defaults = [coerce_default_value(definition.args[name]) for name in sizes]
    return next((max(1, value) for value in defaults if isinstance(value, int)), UNSIZED_LIST)


def _of_variable(name: str) -> Size:
    def size(variables: Mapping[str, Any]) -> int:
        value = variables.get(name)
        return max(1, value) if isinstance(value, int) else UNSIZED_LIST

    return size


def _times(size: int, other: Size) -> Size:
    return lambda variables: size * other(variables)


def _once(_variables: Mapping[str, Any]) -> int:
    return 1


def _is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
