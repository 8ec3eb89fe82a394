"""What queries are asked with: identifiers, filters, orders."""

from enum import Enum
from typing import cast

import strawberry

from api.graphql.scalars import JSON, DateTime
from graph_cdp.domain import pages
from graph_cdp.domain.event import Issue
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError
from graph_cdp.normalise import Identifiers


@strawberry.input(description="An identifier as somebody writes it; it is normalised like any other.")
class IdentifierInput:
    """A namespace and a value in it."""

    namespace: str = strawberry.field(description="The kind of identifier, one of the policy's namespaces.")
    value: str = strawberry.field(description="The value, normalised or not.")

    def key(self, identifiers: Identifiers) -> Key:
        """The key that it normalises to. Raises InputError where it names no identifier."""
        named = identifiers.identify(self.namespace, self.value)
        if isinstance(named, Issue):
            raise InputError(f"This names no identifier: {named.detail}.")
        return named.key


@strawberry.input(description="Moments from `from` on and before `to`.")
class SpanInput:
    """A stretch of time; a bound that is left out does not bound."""

    from_: DateTime | None = strawberry.field(name="from", default=None, description="The first moment of it.")
    to: DateTime | None = strawberry.field(default=None, description="The first moment after it.")

    def span(self) -> pages.Span:
        """It in the program's words."""
        return pages.Span(self.from_, self.to)


@strawberry.input(description="That a trait has a value.")
class TraitInput:
    """A trait's name and value."""

    name: str = strawberry.field(description="What the trait is called.")
    value: JSON = strawberry.field(description="Text, a number or a truth value, compared as JSON: 1 and 1.0 differ.")


@strawberry.input(description="Which profiles are wanted: those for which all that is given holds.")
class ProfileFilter:
    """What profiles must be like."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Those that these profile ids lead to, ids from before a merge too."
    )
    known: bool | None = strawberry.field(
        default=None, description="Whether it is known who they are: they hold an identifier that is one person's own."
    )
    namespace: str | None = strawberry.field(default=None, description="Those that hold an identifier of it.")
    trait: TraitInput | None = strawberry.field(
        default=None, description="Those of which an identifier's last word on a trait is this."
    )
    first_seen: SpanInput | None = strawberry.field(default=None, description="Those first seen then.")
    last_seen: SpanInput | None = strawberry.field(default=None, description="Those last seen then.")
    min_identifiers: int | None = strawberry.field(default=None, description="Those that hold at least so many.")


@strawberry.enum(description="What profiles are ordered by.")
class ProfileOrderField(Enum):
    """The orders of profiles."""

    ID = strawberry.enum_value("id", description="Their ids; new profiles fall anywhere.")
    FIRST_SEEN = strawberry.enum_value("first_seen", description="When they were first seen.")
    LAST_SEEN = strawberry.enum_value("last_seen", description="When they were last seen.")


@strawberry.enum(description="Which way an order goes.")
class Direction(Enum):
    """The directions of an order."""

    ASC = strawberry.enum_value("asc", description="The smallest, or the earliest, first.")
    DESC = strawberry.enum_value("desc", description="The largest, or the latest, first.")


@strawberry.input(description="An order of profiles.")
class ProfileOrder:
    """A field and a direction."""

    field: ProfileOrderField = strawberry.field(description="What they are ordered by.")
    direction: Direction = strawberry.field(default=Direction.ASC, description="Which way.")


def profile_order(given: ProfileOrder | None) -> tuple[pages.ProfileOrder, bool]:
    """An order in the program's words, and whether it descends; by id where none is given."""
    if given is None:
        return "id", False
    return cast("pages.ProfileOrder", given.field.value), given.direction is Direction.DESC


def profile_filter(given: ProfileFilter | None) -> pages.ProfileFilter:
    """A filter in the program's words. Raises InputError where it cannot be used."""
    if given is None:
        return pages.ProfileFilter()
    return pages.ProfileFilter(
        ids=None if given.ids is None else tuple(given.ids),
        known=given.known,
        namespace=given.namespace,
        trait=None if given.trait is None else _trait(given.trait),
        first_seen=given.first_seen.span() if given.first_seen else pages.Span(),
        last_seen=given.last_seen.span() if given.last_seen else pages.Span(),
        min_identifiers=given.min_identifiers,
    )


def _trait(given: TraitInput) -> pages.TraitIs:
    if not isinstance(given.value, str | int | float | bool):
        raise InputError("A trait is compared with text, a number or a truth value.")
    return pages.TraitIs(given.name, given.value)
