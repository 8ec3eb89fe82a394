"""What commits did to profiles."""

from enum import Enum

import strawberry

from graph_cdp.domain import change as domain_change


@strawberry.enum(description="What became of profiles.")
class ChangeKind(Enum):
    """The kinds of changes."""

    MERGED = strawberry.enum_value("merged", description="All of `before` went into the one of `after`.")
    SPLIT = strawberry.enum_value("split", description="The one of `before` came apart into those of `after`.")
    RENAMED = strawberry.enum_value("renamed", description="The one of `before` is now the one of `after`.")
    REFUSED = strawberry.enum_value("refused", description="A link between the profiles of `after` did not join.")


@strawberry.type(description="Profiles that became others. They are named by their ids; old ids keep leading on.")
class IdentityChange:
    """One change of identity."""

    kind: ChangeKind = strawberry.field(description="What became of them.")
    before: list[strawberry.ID] = strawberry.field(description="The ids of the profiles before.")
    after: list[strawberry.ID] = strawberry.field(description="The ids of the profiles after.")
    reason: str | None = strawberry.field(description="Why a link did not join; null for the other kinds.")

    @classmethod
    def of(cls, change: domain_change.IdentityChange) -> "IdentityChange":
        """A change, as the feed tells it."""
        return cls(
            kind=ChangeKind(change.kind),
            before=[strawberry.ID(one) for one in change.before],
            after=[strawberry.ID(one) for one in change.after],
            reason=change.reason,
        )
