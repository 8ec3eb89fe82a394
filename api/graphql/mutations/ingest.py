"""`ingest`: events by GraphQL."""

from collections.abc import Set
from typing import Annotated, Final

import strawberry

from api.graphql.context import Info
from api.graphql.paging import PAGE_DEFAULT, First, page_size
from api.graphql.scalars import JSON
from api.graphql.selection import Selection
from api.graphql.types.change import IdentityChange
from api.graphql.types.issue import Issue
from api.graphql.types.profile import Look, Profile, profiles_at
from api.graphql.types.user_error import UserError, UserErrorCode
from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError
from graph_cdp.service.ingest import Ingested
from graph_cdp.service.sift import Conflict

EVENTS_MAX: Final = 2_500
"""The most events that one mutation takes."""


@strawberry.type(description="What became of events.")
class IngestPayload:
    """Counts, what they did to profiles, and what is wrong with those that were not taken."""

    accepted: int = strawberry.field(description="How many were stored now.")
    duplicates: int = strawberry.field(description="How many were stored before, with the same content.")
    ids: list[strawberry.ID | None] = strawberry.field(
        description="The id of each event, in the order in which they were sent; null for one that was not taken."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with events that were not taken.")
    issues: list[Issue] = strawberry.field(
        description="The identifiers of the others that could not be read, with the reason."
    )
    keys: strawberry.Private[tuple[Key, ...]]
    ingested: strawberry.Private[Ingested]

    @strawberry.field(description="What became of the profiles that they name. Needs the scope `read`.")
    def changes(self, info: Info) -> list[IdentityChange]:
        """Whoever may only collect learns nothing of what is known already."""
        info.context.require("read")
        return [IdentityChange.of(one) for one in self.ingested.changes]

    @strawberry.field(
        description="The ids of the profiles that were touched, those that are gone too. Needs the scope `read`."
    )
    def touched(self, info: Info) -> list[strawberry.ID]:
        """Whoever may only collect learns nothing of what is known already."""
        info.context.require("read")
        return [strawberry.ID(one) for one in self.ingested.touched]

    @strawberry.field(description="The profiles that the events name, as they are now. Needs the scope `read`.")
    async def profiles(self, info: Info, first: First = PAGE_DEFAULT) -> list[Profile]:
        """In one statement; the identifiers are asked in the order of the events."""
        context = info.context
        context.require("read")
        size = page_size(first)
        return (await profiles_at(self.keys, Look.at(Selection.of(info)), context))[:size]


@strawberry.type
class IngestMutation:
    """Taking events in."""

    @strawberry.mutation(
        description="Store events, each id once, and bring the profiles up to date. Needs the scope `collect`. Events "
        "that cannot be read are told in `userErrors`; the others are kept."
    )
    async def ingest(
        self,
        info: Info,
        events: Annotated[
            list[JSON],
            strawberry.argument(description="Events as the Segment HTTP API has them: `type`, `userId`, `traits` …"),
        ],
    ) -> IngestPayload:
        """Committed together with what others send at about the same time."""
        context = info.context
        context.require("collect")
        if len(events) > EVENTS_MAX:
            raise InputError(f"These are more than {EVENTS_MAX:,} events; send them in parts.")
        services = context.services
        reader, now = services.rules.reader, services.now()
        read = [reader.read(raw, source=context.principal.source, now=now) for raw in events]
        accepted = [one for one in read if isinstance(one, Event)]
        ingested = await services.commits.submit(accepted)
        conflicts = set(ingested.conflicts)
        taken = [one if isinstance(one, Event) and not _conflicts(one, conflicts) else None for one in read]
        return IngestPayload(
            accepted=ingested.accepted,
            duplicates=ingested.duplicates,
            ids=[None if one is None else strawberry.ID(one.id) for one in taken],
            user_errors=[error for place, one in enumerate(read) if (error := _error(place, one, conflicts))],
            issues=[*Issue.of(taken)],
            keys=tuple(dict.fromkeys(key for one in filter(None, taken) for key in one.keys)),
            ingested=ingested,
        )


def _conflicts(event: Event, conflicts: Set[Conflict]) -> bool:
    return (event.id, event.digest) in conflicts


def _error(place: int, read: Event | RefusedEvent, conflicts: Set[Conflict]) -> UserError | None:
    if isinstance(read, RefusedEvent):
        return UserError(
            code=UserErrorCode.EVENT_INVALID,
            message=f"{read.path} {read.reason}.",
            path=["events", str(place), read.path],
        )
    if _conflicts(read, conflicts):
        return UserError(
            code=UserErrorCode.EVENT_CONFLICT,
            message="Its messageId is stored with other content, which stays.",
            path=["events", str(place), "messageId"],
        )
    return None
