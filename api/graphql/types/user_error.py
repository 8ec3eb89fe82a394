"""What whoever sends a mutation can mend: told in its payload, not as an error of the request."""

from enum import Enum

import strawberry


@strawberry.enum(description="What is wrong with a part of what was sent.")
class UserErrorCode(Enum):
    """The kinds of user errors."""

    EVENT_INVALID = strawberry.enum_value("event_invalid", description="An event cannot be read; the others were kept.")
    EVENT_CONFLICT = strawberry.enum_value(
        "event_conflict", description="An event with this id is stored with other content, which stays."
    )
    IDENTIFIER_INVALID = strawberry.enum_value("identifier_invalid", description="This names no identifier.")
    IDENTIFIER_UNKNOWN = strawberry.enum_value("identifier_unknown", description="No event has named this identifier.")
    SAME_IDENTIFIER = strawberry.enum_value("same_identifier", description="A decision is about two identifiers.")
    REASON_MISSING = strawberry.enum_value("reason_missing", description="A decision needs a reason.")
    DECISION_UNKNOWN = strawberry.enum_value("decision_unknown", description="There is no decision with this id.")
    DECISION_SUPERSEDED = strawberry.enum_value(
        "decision_superseded", description="A later decision on the two identifiers took its place."
    )


@strawberry.type(description="Something in what was sent that whoever sent it can mend.")
class UserError:
    """One problem, with the place of what is wrong."""

    code: UserErrorCode = strawberry.field(description="What is wrong.")
    message: str = strawberry.field(description="The same in words, with the remedy.")
    path: list[str] = strawberry.field(
        description="The argument that is wrong, and the place in it: `events`, `3`, `timestamp`."
    )
