"""Links, refusals, and the graph that they draw."""

from enum import Enum

import strawberry

from api.access.masking import Masking
from api.graphql.paging import PageInfo
from api.graphql.scalars import DateTime
from graph_cdp.domain import link as domain_link
from graph_cdp.domain.identifier import Identifier, Key, SetAside
from graph_cdp.domain.pages import LinkEnd
from graph_cdp.query.links import MAX_LINKS, MAX_NODES, Graph, LinkPage


@strawberry.enum(description="Where the evidence of a link comes from.")
class LinkKind(Enum):
    """The kinds of links."""

    OBSERVED = strawberry.enum_value("observed", description="Events named both identifiers together.")
    MATCHED = strawberry.enum_value("matched", description="Their records resemble each other.")
    MANUAL = strawberry.enum_value("manual", description="Somebody decided that they are one person's.")


@strawberry.enum(description="Why a link did not join two groups of identifiers.")
class RefusalReason(Enum):
    """The reasons for refusals; the last two are those of links that are not tried, as an end is set aside."""

    LIMIT = strawberry.enum_value("limit", description="Together they would exceed a namespace's limit.")
    DECIDED = strawberry.enum_value("decided", description="Somebody decided that two of them differ.")
    BLOCKED = strawberry.enum_value("blocked", description="The value of one is blocked.")
    SHARED = strawberry.enum_value("shared", description="One is shared by more people than the policy allows.")


@strawberry.type(description="The evidence that joins two identifiers.")
class Link:
    """A link; the two identifiers are named by their keys, the smaller first."""

    from_: str = strawberry.field(name="from", description="The key of the one identifier.")
    to: str = strawberry.field(description="The key of the other one.")
    kind: LinkKind = strawberry.field(description="Where the evidence comes from.")
    count: int = strawberry.field(description="How many events named both.")
    first_seen: DateTime = strawberry.field(
        description="When an event first named both; the time of a decision, or of a model's adoption."
    )
    last_seen: DateTime = strawberry.field(description="When an event last named both.")
    sources: list[str] = strawberry.field(
        description="The sources of these events, in order of their names; who decided; the model that matched."
    )
    score: float | None = strawberry.field(
        description="How well the records match, 0 to 1; null but for matched links."
    )
    refused: RefusalReason | None = strawberry.field(description="Why it did not join the two; null where it did.")
    namespace: str | None = strawberry.field(
        description="The namespace whose limit would have been exceeded; null but for the reason `LIMIT`."
    )

    @classmethod
    def of(
        cls,
        link: domain_link.Link,
        refused: domain_link.Reason | SetAside | None,
        namespace: str | None,
        masking: Masking,
    ) -> "Link":
        """A link as the reader may see it."""
        return cls(
            from_=masking.identifier(link.low),
            to=masking.identifier(link.high),
            kind=LinkKind(link.kind),
            count=link.count,
            first_seen=DateTime(link.first_seen),
            last_seen=DateTime(link.last_seen),
            sources=list(link.sources),
            score=link.score,
            refused=None if refused is None else RefusalReason(refused),
            namespace=namespace,
        )


@strawberry.type(description="A link in a page of them.")
class LinkEdge:
    """A link with its place."""

    node: Link = strawberry.field(description="The link.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(
    description="A page of links, by the ids that their two ends would have alone as profiles, then by kind: an order "
    "that new evidence does not change."
)
class LinkConnection:
    """A page of links."""

    edges: list[LinkEdge] = strawberry.field(description="The links, each with its cursor.")
    nodes: list[Link] = strawberry.field(description="The links alone.")
    page_info: PageInfo = strawberry.field(description="Where this page ends, and whether more come.")

    @classmethod
    def of(cls, page: LinkPage, after: str | None, masking: Masking) -> "LinkConnection":
        """A page as the reader may see it."""
        nodes = [Link.of(one.link, one.refused, one.namespace, masking) for one in page.links]
        return cls(
            edges=[LinkEdge(node=node, cursor=cursor) for node, cursor in zip(nodes, page.cursors, strict=True)],
            nodes=nodes,
            page_info=PageInfo.of(page.cursors, after, has_next=page.has_next),
        )


@strawberry.type(description="A link that did not join two groups of identifiers, kept with its reason.")
class Refusal:
    """A refusal; the two identifiers are named by their keys, the smaller first."""

    from_: str = strawberry.field(name="from", description="The key of the one identifier.")
    to: str = strawberry.field(description="The key of the other one.")
    kind: LinkKind = strawberry.field(description="The kind of the link that did not join.")
    reason: RefusalReason = strawberry.field(description="Why it did not join.")
    namespace: str | None = strawberry.field(
        description="The namespace whose limit would have been exceeded; null where a decision is the reason."
    )

    @classmethod
    def of(cls, refusal: domain_link.Refusal, masking: Masking) -> "Refusal":
        """A refusal as the reader may see it."""
        return cls(
            from_=masking.identifier(refusal.low),
            to=masking.identifier(refusal.high),
            kind=LinkKind(refusal.kind),
            reason=RefusalReason(refusal.reason),
            namespace=refusal.namespace,
        )


@strawberry.type(description="An identifier as a point of a drawing.")
class GraphNode:
    """A point of the graph."""

    key: str = strawberry.field(description="`namespace:value`; links name it so.")
    namespace: str = strawberry.field(description="The kind of identifier.")
    value: str = strawberry.field(description="The normalised value.")
    member: bool = strawberry.field(description="Whether it belongs to the profile; to any other only a link leads.")
    shared: bool = strawberry.field(description="Whether it is seen with more people than the policy allows.")

    @classmethod
    def of(cls, end: LinkEnd, anchor: Key, masking: Masking) -> "GraphNode":
        """A point as the reader may see it, in the graph of the profile with this anchor."""
        key = masking.identifier(end.key)
        named = Identifier.of(key)
        return cls(
            key=key,
            namespace=named.namespace,
            value=named.value,
            member=end.profile == anchor,
            shared=end.set_aside == "shared",
        )


@strawberry.type(description="A profile to draw: its identifiers, and the links from them.")
class ProfileGraph:
    """A profile as points and lines."""

    nodes: list[GraphNode] = strawberry.field(
        description="The profile's identifiers, strongest first, then those outside of it that its links lead to."
    )
    links: list[Link] = strawberry.field(description="The links with at least one end in the profile.")
    cut: bool = strawberry.field(
        description=f"Whether there are more than {MAX_NODES} nodes or {MAX_LINKS:,} links, which are the most to draw."
    )

    @classmethod
    def of(cls, graph: Graph, anchor: Key, masking: Masking) -> "ProfileGraph":
        """The graph of the profile with this anchor as the reader may see it."""
        return cls(
            nodes=[GraphNode.of(end, anchor, masking) for end in graph.nodes],
            links=[Link.of(one.link, one.refused, one.namespace, masking) for one in graph.links],
            cut=graph.cut,
        )
