"""Identifiers of events that were taken and could not be read."""

from collections.abc import Iterable, Iterator
from enum import Enum

import strawberry

from graph_cdp.domain.event import Event


@strawberry.enum(description="Why an identifier joins nobody.")
class IssueReason(Enum):
    """The kinds of issues."""

    UNKNOWN_NAMESPACE = strawberry.enum_value("unknown_namespace", description="The policy has no such namespace.")
    INVALID_VALUE = strawberry.enum_value("invalid_value", description="The value cannot be normalised.")


@strawberry.type(
    description="An identifier of an event that could not be read: it is kept on the event and joins nobody; the rest "
    "of its event counts."
)
class Issue:
    """Never shows the value."""

    event: int = strawberry.field(description="The place of its event among those that were sent, from 0.")
    namespace: str = strawberry.field(description="Its namespace.")
    reason: IssueReason = strawberry.field(description="What is wrong.")
    message: str = strawberry.field(description="The same in words.")

    @classmethod
    def of(cls, taken: Iterable[Event | None]) -> "Iterator[Issue]":
        """The issues of events in the order in which they were sent, None for one that was not taken."""
        for place, event in enumerate(taken):
            for issue in event.issues if event else ():
                yield cls(
                    event=place, namespace=issue.namespace, reason=IssueReason(issue.reason), message=issue.detail
                )
