"""The scalars beside GraphQL's own: `DateTime`, and Strawberry's `JSON`."""

from collections.abc import Mapping
from typing import Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from graph_cdp.domain.times import Millis, iso, parse_time

__all__ = ["JSON", "SCALARS", "DateTime"]

DateTime = NewType("DateTime", Millis)
"""A moment. Inside the program it stays the whole milliseconds that the stores give."""

_FIRST: Final = parse_time("0001-01-01")
_LAST: Final = parse_time("9999-12-31T23:59:59.999")


def _moment(value: object) -> Millis:
    """Read a moment. Raises GraphQLError where it is none; the message does not repeat what was sent."""
    if not isinstance(value, str):
        raise GraphQLError("A DateTime is text in ISO 8601, such as 2026-01-31T12:00:00.000Z.")
    try:
        moment = parse_time(value)
    except (ValueError, OverflowError):
        raise GraphQLError("This is no DateTime; write ISO 8601, such as 2026-01-31T12:00:00.000Z.") from None
    if not _FIRST <= moment <= _LAST:
        raise GraphQLError("This DateTime lies outside the years 1 to 9999 in UTC.")
    return moment


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment as ISO 8601 text in UTC with milliseconds, such as `2026-01-31T12:00:00.000Z`. "
        "Given without a time zone it is taken as UTC; parts finer than a millisecond are cut off.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=iso,
        parse_value=_moment,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value: null, a truth value, a number, text, a list or an object.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}
