"""What has an id of its own."""

from typing import Final

import strawberry

from graph_cdp.domain.identifier import Key
from graph_cdp.resolve import ProfileIds

_PROFILE: Final = "pro_"
_IDENTIFIER: Final = "idn_"


@strawberry.interface(
    description="Anything that `node(id)` finds again: a profile, an event, an identifier or an item under review."
)
class Node:
    """An id tells its kind: `pro_…` a profile, `idn_…` an identifier, `rev_…` an item, any other an event."""

    id: strawberry.ID = strawberry.field(
        description="Unique over all kinds: `pro_…` is a profile, `idn_…` an identifier, `rev_…` an item of the review "
        "queue, any other id an event."
    )


def identifier_id(key: Key, ids: ProfileIds) -> strawberry.ID:
    """The id of an identifier: keyed like a profile's, so that it does not tell the value."""
    return strawberry.ID(_IDENTIFIER + ids.of(key).removeprefix(_PROFILE))


def own_profile_id(id_: str) -> str | None:
    """The profile id that an identifier has as an anchor, from the identifier's id; None where it is no such id."""
    return _PROFILE + id_.removeprefix(_IDENTIFIER) if id_.startswith(_IDENTIFIER) else None


def is_profile_id(id_: str) -> bool:
    """Whether an id looks like a profile's."""
    return id_.startswith(_PROFILE)


def is_item_id(id_: str) -> bool:
    """Whether an id looks like that of an item of the review queue."""
    return id_.startswith("rev_")
