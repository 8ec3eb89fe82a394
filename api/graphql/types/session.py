"""Sessions: runs of events without a long silence between them."""

import strawberry

from api.access.masking import Masking
from api.graphql.paging import PageInfo
from api.graphql.scalars import DateTime
from graph_cdp.domain import pages
from graph_cdp.query.journey import SessionPage


@strawberry.type(description="Events of a profile with less than 30 minutes between each and the next.")
class Session:
    """One session."""

    start: DateTime = strawberry.field(description="When its first event happened.")
    end: DateTime = strawberry.field(description="When its last event happened.")
    events: int = strawberry.field(description="How many events it has.")
    source: str = strawberry.field(description="Who reported the first event.")
    channel: str | None = strawberry.field(description="Where the first event happened; null where it is not told.")
    first_event: str = strawberry.field(description="The name of the first event, or its type where it has none.")
    last_event: str = strawberry.field(description="The name of the last event, or its type where it has none.")

    @classmethod
    def of(cls, session: pages.Session, masking: Masking) -> "Session":
        """A session as the reader may see it."""
        return cls(
            start=DateTime(session.start),
            end=DateTime(session.end),
            events=session.events,
            source=session.source,
            channel=session.channel,
            first_event=masking.text(session.first_event),
            last_event=masking.text(session.last_event),
        )


@strawberry.type(description="A session in a page of them.")
class SessionEdge:
    """A session with its place."""

    node: Session = strawberry.field(description="The session.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(description="A page of sessions, newest first.")
class SessionConnection:
    """A page of sessions."""

    edges: list[SessionEdge] = strawberry.field(description="The sessions, each with its cursor.")
    nodes: list[Session] = strawberry.field(description="The sessions alone.")
    page_info: PageInfo = strawberry.field(description="Where this page ends, and whether more come.")

    @classmethod
    def of(cls, page: SessionPage, after: str | None, masking: Masking) -> "SessionConnection":
        """A page as the reader may see it."""
        nodes = [Session.of(one, masking) for one in page.sessions]
        return cls(
            edges=[SessionEdge(node=node, cursor=cursor) for node, cursor in zip(nodes, page.cursors, strict=True)],
            nodes=nodes,
            page_info=PageInfo.of(page.cursors, after, has_next=page.has_next),
        )
