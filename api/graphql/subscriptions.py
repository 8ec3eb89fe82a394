"""The fields of `Subscription`, and the place in the feed of changes that a reader of queries begins at."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, TypeAlias

import strawberry

from api.graphql.context import Info
from api.graphql.feed import Told
from api.graphql.following import commits, touches
from api.graphql.inputs import IdentifierInput
from api.graphql.paging import PAGE_DEFAULT, First, page_size
from api.graphql.scalars import DateTime
from api.graphql.selection import Selection
from api.graphql.streams import FollowingContext
from api.graphql.types.change import ChangeKind, IdentityChange
from api.graphql.types.profile import Look, Profile, profile_at
from graph_cdp.domain import change as domain_change
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.pages import ProfileFilter
from graph_cdp.errors import InputError, NotFoundError
from graph_cdp.query.changes import newest_seq
from graph_cdp.query.following import Place
from graph_cdp.query.profiles import profile_page

Following: TypeAlias = strawberry.Info[FollowingContext, None]

ProfileId = Annotated[
    strawberry.ID | None, strawberry.argument(description="A profile's id, `pro_…`; one from before a merge does too.")
]
OneIdentifier = Annotated[
    IdentifierInput | None, strawberry.argument(description="An identifier of the profile, instead of its id.")
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor of the last change that is known already, or `changesCursor`: what came since comes "
        "first. Without it from now on."
    ),
]
Kinds = Annotated[
    list[ChangeKind] | None, strawberry.argument(description="Only changes of these kinds; without it all.")
]


@strawberry.type
class FeedQuery:
    """Where following begins."""

    @strawberry.field(
        description="The place of the newest change. Whoever asks for it first, reads second, and then subscribes with "
        "it as `after`, misses nothing."
    )
    async def changes_cursor(self, info: Info) -> str:
        """Of all profiles."""
        info.context.require("read")
        return Place(await info.context.read(newest_seq)).cursor


@strawberry.type(description="Something that a commit did to a profile: new events, traits, identifiers, decisions.")
class ProfileChange:
    """A commit that touched the profile, and the profile as it is now."""

    cursor: str = strawberry.field(description="Its place, for `after`.")
    at: DateTime = strawberry.field(description="When it was committed.")
    id: strawberry.ID | None = strawberry.field(
        description="The id of the profile now, another than before after a merge, a split or a new name; null where "
        "the identifier that is followed was set aside: then nothing more comes."
    )
    changes: list[IdentityChange] = strawberry.field(
        description="What this did to the identity of the profile; empty where only events, traits or decisions came."
    )
    key: strawberry.Private[Key]

    @strawberry.field(
        description="The profile as it is now, which may be later than this change; null where it is gone."
    )
    async def profile(self, info: Info) -> Profile | None:
        """In one statement."""
        return None if self.id is None else await profile_at(self.key, Look.at(Selection.of(info)), info.context)


@strawberry.type(description="Profiles that became others, told as it happened. Old ids keep leading on.")
class IdentityChangeEvent(IdentityChange):
    """One change of identity, with its place."""

    cursor: str = strawberry.field(description="Its place, for `after`.")
    at: DateTime = strawberry.field(description="When it was committed.")

    @strawberry.field(description="The profiles that `after` leads to now, which may be later than this change.")
    async def profiles(self, info: Info, first: First = PAGE_DEFAULT) -> list[Profile]:
        """In two statements."""
        context, size = info.context, page_size(first)
        policy, wanted = context.services.rules.policy, ProfileFilter(ids=tuple(self.after))
        if not wanted.ids or not size:
            return []
        page = await context.read(lambda tx: profile_page(tx, policy, wanted, "id", False, size, None))
        look = Look.at(Selection.of(info))
        found = await asyncio.gather(*(profile_at(anchor, look, context) for anchor in page.anchors))
        return [profile for profile in found if profile is not None]


@strawberry.type(
    description="What can be followed. Nothing is missed: whoever lost the connection goes on with the last cursor as "
    "`after`, at any worker. The error `cursor_expired` says that too much came since: read afresh."
)
class Subscription:
    """Everything here needs the scope `read`."""

    @strawberry.subscription(
        description="What touches a profile, wherever it goes: it is followed through merges, splits and new names."
    )
    async def profile_changed(
        self,
        info: Following,
        id: ProfileId = None,  # noqa: A002
        identifier: OneIdentifier = None,
        after: After = None,
    ) -> AsyncGenerator[ProfileChange, None]:
        """One event a commit."""
        context = info.context
        context.require("read")
        if (id is None) == (identifier is None):
            raise InputError("Give either `id` or `identifier`.")
        if identifier is None:
            key = await context.feed.read(lambda tx: tx.key_of(id or ""))
        else:
            key = identifier.key(context.services.rules.identifiers)
        if key is None:
            raise NotFoundError("No profile has or had this id in this store.")
        start = context.last or after
        place = None if start is None else Place.at(start)
        async with aclosing(touches(context.feed, context.services.store.ids, key, place)) as coming:
            async for touch in coming:
                yield ProfileChange(
                    cursor=touch.place.cursor,
                    at=DateTime(touch.at),
                    id=None if touch.profile is None else strawberry.ID(touch.profile),
                    changes=[IdentityChange.of(one) for one in touch.changes],
                    key=key,
                )

    @strawberry.subscription(description="Merges, splits, new names and refusals, of all profiles.")
    async def identity_changed(
        self, info: Following, after: After = None, kinds: Kinds = None
    ) -> AsyncGenerator[IdentityChangeEvent, None]:
        """One event a change, in the order of the commits."""
        context = info.context
        context.require("read")
        start = context.last or after
        place = Place(await context.feed.read(newest_seq)) if start is None else Place.at(start)
        wanted = None if kinds is None else frozenset(kinds)
        part = place.part
        async with aclosing(commits(context.feed, place.seq)) as coming:
            async for commit in coming:
                for number, change in enumerate(commit.changes[part:], part + 1):
                    if wanted is None or ChangeKind(change.kind) in wanted:
                        is_last = number == len(commit.changes)
                        reached = Place(commit.seq) if is_last else Place(commit.seq - 1, number)
                        yield _event(change, reached, commit)
                part = 0


def _event(change: domain_change.IdentityChange, reached: Place, commit: Told) -> IdentityChangeEvent:
    return IdentityChangeEvent(
        kind=ChangeKind(change.kind),
        before=[strawberry.ID(one) for one in change.before],
        after=[strawberry.ID(one) for one in change.after],
        reason=change.reason,
        cursor=reached.cursor,
        at=DateTime(commit.at),
    )
