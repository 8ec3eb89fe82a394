"""The fields of `Query`."""

from typing import Annotated

import strawberry

from api.graphql.context import Context, Info
from api.graphql.inputs import IdentifierInput, ProfileFilter, ProfileOrder, profile_filter, profile_order
from api.graphql.paging import PAGE_DEFAULT, After, First, PageInfo, page_size
from api.graphql.review import ReviewQuery, item_shown
from api.graphql.scalars import DateTime
from api.graphql.selection import Selection
from api.graphql.subscriptions import FeedQuery
from api.graphql.types.event import Event
from api.graphql.types.explanation import Explanation
from api.graphql.types.identifier import Identifier
from api.graphql.types.node import Node, is_item_id, is_profile_id, own_profile_id
from api.graphql.types.policy import Policy
from api.graphql.types.profile import (
    Look,
    Profile,
    ProfileConnection,
    ProfileEdge,
    profile_as_of,
    profile_at,
    profiles_by_key,
)
from api.graphql.types.stats import Stats
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError, NotFoundError
from graph_cdp.query import explain
from graph_cdp.query.profiles import profile_page
from graph_cdp.store.port import Reading

ProfileId = Annotated[
    strawberry.ID | None, strawberry.argument(description="A profile's id, `pro_…`; one from before a merge does too.")
]
OneIdentifier = Annotated[
    IdentifierInput | None, strawberry.argument(description="An identifier of the profile, instead of its id.")
]
AsOf = Annotated[
    DateTime | None,
    strawberry.argument(description="Give it as it was then, by the time of events. The store replays them: slower."),
]


@strawberry.type(description="What can be asked.")
class Query(FeedQuery, ReviewQuery):
    """Everything here needs the scope `read`."""

    @strawberry.field(
        description="One profile, by an id or by an identifier of it; null where there is none, or where the "
        "identifier is set aside (`identifier` tells why)."
    )
    async def profile(
        self,
        info: Info,
        id: ProfileId = None,  # noqa: A002
        identifier: OneIdentifier = None,
        as_of: AsOf = None,
    ) -> Profile | None:
        """In one statement with all that is selected of it, but for what stands on pages of its own."""
        context = _reader(info)
        if (id is None) == (identifier is None):
            raise InputError("Give either `id` or `identifier`.")
        key = await _key_of(id, context) if identifier is None else identifier.key(context.services.rules.identifiers)
        look = Look.at(Selection.of(info))
        if key is None:
            return None
        return await (profile_at(key, look, context) if as_of is None else profile_as_of(key, as_of, look, context))

    @strawberry.field(description="Profiles, page by page.")
    async def profiles(
        self,
        info: Info,
        first: First = PAGE_DEFAULT,
        after: After = None,
        filter: Annotated[  # noqa: A002
            ProfileFilter | None, strawberry.argument(description="Which profiles; without it all.")
        ] = None,
        order_by: Annotated[
            ProfileOrder | None, strawberry.argument(description="Which come first; without it by id.")
        ] = None,
    ) -> ProfileConnection:
        """One statement for the page, one more for the profiles on it."""
        context = _reader(info)
        wanted, policy = profile_filter(filter), context.services.rules.policy
        (order, descending), size = profile_order(order_by), page_size(first)
        page = await context.read(lambda tx: profile_page(tx, policy, wanted, order, descending, size, after))
        selection = Selection.of(info)
        names = selection.names
        below = [selection.under(*path) for path in (("edges", "node"), ("nodes",)) if path[0] in names]
        nodes = await profiles_by_key(page.anchors, Look.at(*below), context) if below else {}
        return ProfileConnection(
            # Where a view is not of one moment, profiles of the page may have become one since.
            edges=[
                ProfileEdge(node=nodes[anchor], cursor=cursor)
                for anchor, cursor in zip(page.anchors, page.cursors, strict=True)
                if anchor in nodes
            ],
            nodes=list(nodes.values()),
            page_info=PageInfo.of(page.cursors, after, has_next=page.has_next),
            filter=wanted,
        )

    @strawberry.field(description="One identifier; null where no event has named it.")
    async def identifier(
        self,
        info: Info,
        namespace: Annotated[str, strawberry.argument(description="The kind of identifier.")],
        value: Annotated[str, strawberry.argument(description="Its value, normalised or not.")],
    ) -> Identifier | None:
        """Normalised like any other."""
        context = _reader(info)
        key = IdentifierInput(namespace=namespace, value=value).key(context.services.rules.identifiers)
        return await _identifier(key, context)

    @strawberry.field(description="Why two identifiers are, or are not, in one profile.")
    async def explain(
        self,
        info: Info,
        from_: Annotated[IdentifierInput, strawberry.argument(name="from", description="The one identifier.")],
        to: Annotated[IdentifierInput, strawberry.argument(description="The other one.")],
    ) -> Explanation:
        """Reads the cluster of the two: the larger it is, the longer it takes."""
        context = _reader(info)
        identifiers, policy = context.services.rules.identifiers, context.services.rules.policy
        one, other = from_.key(identifiers), to.key(identifiers)
        if one == other:
            raise InputError("Both name the same identifier; name two.")

        async def ask(tx: Reading) -> explain.Explanation:
            if len(await tx.identifiers([one, other])) < 2:
                raise NotFoundError("No event has named one of the two identifiers.")
            return await explain.explain(tx, one, other, policy)

        context.shown.update(map(context.services.store.ids.of, (one, other)))
        return Explanation.of(await context.read(ask), context.masking)

    @strawberry.field(description="Anything by its id; null where there is nothing.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id that the node gave itself.")],  # noqa: A002
    ) -> Node | None:
        """The kind of node is told by the id."""
        context = _reader(info)
        if is_profile_id(id):
            key = await _key_of(id, context)
            return None if key is None else await profile_at(key, Look.at(Selection.of(info)), context)
        if is_item_id(id):
            return await item_shown(id, Selection.of(info), context)
        if own := own_profile_id(id):
            key = await _key_of(strawberry.ID(own), context)
            return None if key is None else await _identifier(key, context)
        found = await context.read(lambda tx: tx.events_by_id([id]))
        return Event.of(found[0], context.masking) if found else None

    @strawberry.field(description="How much the store holds.")
    async def stats(self, info: Info) -> Stats:
        """Sizes that the store has at hand."""
        return Stats.of(await _reader(info).read(lambda tx: tx.sizes()))

    @strawberry.field(description="The policy in force.")
    async def policy(self, info: Info) -> Policy:
        """Known to the worker."""
        return Policy.of(_reader(info).services.rules.policy)


def _reader(info: Info) -> Context:
    info.context.require("read")
    return info.context


async def _key_of(profile_id: str | None, context: Context) -> Key | None:
    return await context.read(lambda tx: tx.key_of(profile_id or ""))


async def _identifier(key: Key, context: Context) -> Identifier | None:
    seen = (await context.read(lambda tx: tx.identifiers([key]))).get(key)
    if seen is None:
        return None
    context.shown.add(context.services.store.ids.of(seen.profile or seen.key))
    return Identifier.of(seen, context.masking)
