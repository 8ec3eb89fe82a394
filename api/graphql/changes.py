"""What a schema changed for clients that were written against an earlier one. Pure."""

from typing import NamedTuple

from graphql import GraphQLError, build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from graph_cdp.errors import InputError


class Changes(NamedTuple):
    """Descriptions, in graphql-core's words. `breaking`: clients fail; `dangerous`: clients may be surprised."""

    breaking: tuple[str, ...]
    dangerous: tuple[str, ...]


def changes_between(earlier: str, now: str) -> Changes:
    """Compare two schemas in GraphQL's own language. Raises InputError where the earlier one cannot be read."""
    try:
        old = build_schema(earlier)
    except (GraphQLError, TypeError) as error:
        raise InputError(f"The earlier schema cannot be read: {error}") from None
    new = build_schema(now)
    return Changes(
        tuple(sorted(change.description for change in find_breaking_changes(old, new))),
        tuple(sorted(change.description for change in find_dangerous_changes(old, new))),
    )
