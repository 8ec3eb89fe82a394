"""Identifiers."""

from enum import Enum

import strawberry

from api.access.masking import Masking
from api.graphql.context import Info
from api.graphql.scalars import DateTime
from api.graphql.types.node import Node, identifier_id
from graph_cdp.domain.identifier import Key, Seen, namespace_of


@strawberry.enum(description="Why an identifier joins nobody.")
class SetAside(Enum):
    """The reasons for setting an identifier aside."""

    BLOCKED = strawberry.enum_value("blocked", description="Its value is a placeholder, or one that the policy lists.")
    SHARED = strawberry.enum_value("shared", description="It is seen with more distinct people than the policy allows.")


def _id(root: "Identifier", info: Info) -> strawberry.ID:
    """Hashed only when asked for."""
    return identifier_id(root.own_key, info.context.services.store.ids)


@strawberry.type(description="A normalised value in a namespace, with what the events say of it.")
class Identifier(Node):
    """An identifier; values of personal namespaces are masked from whoever may not read them."""

    id: strawberry.ID = strawberry.field(
        resolver=_id, description="What `node` finds it by. It does not tell the value."
    )
    namespace: str = strawberry.field(description="The kind of identifier.")
    value: str = strawberry.field(description="The normalised value.")
    key: str = strawberry.field(description="`namespace:value`.")
    first_seen: DateTime = strawberry.field(description="When an event first named it.")
    last_seen: DateTime = strawberry.field(description="When an event last named it.")
    count: int = strawberry.field(description="How many events named it.")
    shared: bool = strawberry.field(description="Whether it is seen with more people than the policy allows.")
    set_aside: SetAside | None = strawberry.field(description="Why it joins nobody; null where it does join.")
    own_key: strawberry.Private[Key]
    profile_key: strawberry.Private[Key | None]

    @strawberry.field(description="The id of the profile that it belongs to; null where it is set aside.")
    def profile_id(self, info: Info) -> strawberry.ID | None:
        """Hashed only when asked for."""
        anchor = self.profile_key
        return None if anchor is None else strawberry.ID(info.context.services.store.ids.of(anchor))

    @classmethod
    def of(cls, seen: Seen, masking: Masking) -> "Identifier":
        """An identifier as the reader may see it."""
        key, namespace = masking.identifier(seen.key), namespace_of(seen.key)
        return cls(
            namespace=namespace,
            value=key[len(namespace) + 1 :],
            key=key,
            first_seen=DateTime(seen.first_seen),
            last_seen=DateTime(seen.last_seen),
            count=seen.count,
            shared=seen.set_aside == "shared",
            set_aside=None if seen.set_aside is None else SetAside(seen.set_aside),
            own_key=seen.key,
            profile_key=seen.profile,
        )
