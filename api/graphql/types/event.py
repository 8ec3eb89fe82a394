"""Events, and the pages of a journey."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
import strawberry

from api.access.masking import Masking
from api.graphql.context import Info
from api.graphql.paging import PageInfo
from api.graphql.scalars import JSON, DateTime
from api.graphql.types.identifier import Identifier
from api.graphql.types.node import Node
from graph_cdp.store.port import StoredEvent


@strawberry.type(description="One immutable thing that a source reported.")
class Event(Node):
    """An event; the values of personal fields in its body are masked from whoever may not read them."""

    id: strawberry.ID = strawberry.field(description="The id that its source gave it, or one made from its content.")
    type: str = strawberry.field(description="`track`, `page`, `identify` …, as its source said.")
    name: str | None = strawberry.field(description="What happened, or the page or screen; null where nothing is said.")
    at: DateTime = strawberry.field(description="When it happened, corrected for a wrong clock.")
    received_at: DateTime = strawberry.field(description="When it was received.")
    source: str = strawberry.field(description="Who reported it.")
    channel: str | None = strawberry.field(
        description="Where it happened: `web`, `mobile` …; null where it is not told."
    )
    stored: strawberry.Private[StoredEvent]
    masking: strawberry.Private[Masking]

    @cached_property
    def _body(self) -> dict[str, Any]:
        return self.masking.event_body(orjson.loads(self.stored.body))

    @strawberry.field(description="The identifiers that it names, strongest first.")
    async def identifiers(self, info: Info) -> list[Identifier]:
        """Loaded together with those of the other events of the answer."""
        context, stored = info.context, self.stored
        event = context.services.rules.reader.reread(
            stored.body, id=stored.id, at=stored.at, received_at=stored.received_at
        )
        known = await context.loaders.identifiers.load_many(event.keys)
        return [Identifier.of(seen, context.masking) for seen in known if seen is not None]

    @strawberry.field(description="The traits that it tells, as its source said; those of its context among them.")
    def traits(self) -> JSON:
        """Its own over those of its context."""
        return JSON({**_object(_object(self._body, "context"), "traits"), **_object(self._body, "traits")})

    @strawberry.field(description="What happened in detail, as its source said.")
    def properties(self) -> JSON:
        """An object, empty where nothing is said."""
        return JSON(_object(self._body, "properties"))

    @strawberry.field(description="Where it comes from, as its source said: page, library, campaign, consent …")
    def context(self) -> JSON:
        """An object, empty where nothing is said."""
        return JSON(_object(self._body, "context"))

    @classmethod
    def of(cls, event: StoredEvent, masking: Masking) -> "Event":
        """An event; its body is read when something in it is asked for."""
        return cls(
            id=strawberry.ID(event.id),
            type=event.type,
            name=event.name and masking.text(event.name),
            at=DateTime(event.at),
            received_at=DateTime(event.received_at),
            source=event.source,
            channel=event.channel,
            stored=event,
            masking=masking,
        )


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    return body.get(name) or {}


@strawberry.type(description="An event in a page of a journey.")
class EventEdge:
    """An event with its place."""

    node: Event = strawberry.field(description="The event.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(description="A page of a journey, newest first.")
class EventConnection:
    """A page of events."""

    edges: list[EventEdge] = strawberry.field(description="The events, each with its cursor.")
    nodes: list[Event] = strawberry.field(description="The events alone.")
    page_info: PageInfo = strawberry.field(description="Where this page ends, and whether more come.")

    @classmethod
    def of(
        cls,
        events: Sequence[StoredEvent],
        cursors: Sequence[str],
        after: str | None,
        masking: Masking,
        *,
        has_next: bool,
    ) -> "EventConnection":
        """A page as the reader may see it."""
        nodes = [Event.of(one, masking) for one in events]
        return cls(
            edges=[EventEdge(node=node, cursor=cursor) for node, cursor in zip(nodes, cursors, strict=True)],
            nodes=nodes,
            page_info=PageInfo.of(cursors, after, has_next=has_next),
        )
