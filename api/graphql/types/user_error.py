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
    ITEM_UNKNOWN = strawberry.enum_value("item_unknown", description="There is no item with this id in the queue.")
    ITEM_CLAIMED = strawberry.enum_value("item_claimed", description="Another reviewer has claimed the item.")
    ITEM_DECIDED = strawberry.enum_value("item_decided", description="The item is decided.")
    NOTHING_TO_UNDO = strawberry.enum_value(
        "nothing_to_undo", description="Nobody did anything that whoever asks may undo."
    )
    REASON_TOO_LONG = strawberry.enum_value("reason_too_long", description="A reason or a note is too long.")
    TIME_PASSED = strawberry.enum_value("time_passed", description="What is put off until then would not be put off.")
    VERDICT_REPEATED = strawberry.enum_value(
        "verdict_repeated", description="Whoever asks said so before; another reviewer must agree."
    )
    VERDICT_UNFIT = strawberry.enum_value("verdict_unfit", description="Of this nothing like that can be said.")


@strawberry.type(description="Something in what was sent that whoever sent it can mend.")
class UserError:
    """One problem, with the place of what is wrong."""

    code: UserErrorCode = strawberry.field(description="What is wrong.")
    message: str = strawberry.field(description="The same in words, with the remedy.")
    path: list[str] = strawberry.field(
        description="The argument that is wrong, and the place in it: `events`, `3`, `timestamp`."
    )
