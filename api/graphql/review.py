"""The fields of `Query` on the review queue."""

from collections.abc import Sequence
from typing import Annotated, cast

import strawberry

from api.graphql.context import Context, Info
from api.graphql.paging import PAGE_DEFAULT, After, First, page_size
from api.graphql.selection import Selection
from api.graphql.types.profile import Look, Profile, profiles_by_key
from api.graphql.types.review import FindingKind, ReviewConnection, ReviewItem, ReviewState
from graph_cdp.domain import review as domain_review
from graph_cdp.domain.review import Item, ItemFilter
from graph_cdp.query.review import item_page

_WAITING = ItemFilter().states
_COMPARED = frozenset({"identifiers", "traits"})


@strawberry.type
class ReviewQuery:
    """Reading the review queue."""

    @strawberry.field(
        description="The review queue, page by page: where a judgement is expected to gain most comes first."
    )
    async def review_queue(
        self,
        info: Info,
        kind: Annotated[FindingKind | None, strawberry.argument(description="Only items of this kind.")] = None,
        state: Annotated[
            ReviewState | None,
            strawberry.argument(description="Only items that stand so; without it those open or claimed."),
        ] = None,
        min_score: Annotated[float, strawberry.argument(description="Only items with at least this score.")] = 0.0,
        first: First = PAGE_DEFAULT,
        after: After = None,
    ) -> ReviewConnection:
        """One statement for the page, one more for all profiles on it where they are asked for."""
        context = info.context
        context.require("read")
        wanted = ItemFilter(
            None if kind is None else cast("domain_review.FindingKind", kind.value),
            _WAITING if state is None else (cast("domain_review.ItemState", state.value),),
            min_score,
        )
        size, now = page_size(first), context.services.now()
        page = await context.read(lambda tx: item_page(tx, wanted, now, size, after))
        selection = Selection.of(info)
        below = [selection.under(*path) for path in (("edges", "node"), ("nodes",)) if path[0] in selection.names]
        nodes = await items_shown(page.items, below, context)
        return ReviewConnection.of(page, nodes, after, wanted)

    @strawberry.field(description="One item of the review queue; null where there is none.")
    async def review_item(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The item's id, `rev_…`.")],  # noqa: A002
    ) -> ReviewItem | None:
        """One statement for the item, one more for its profiles where they are asked for."""
        info.context.require("read")
        return await item_shown(id, Selection.of(info), info.context)


async def item_shown(item_id: str, selection: Selection, context: Context) -> ReviewItem | None:
    """One item with what is selected of it; None where there is none."""
    found = (await context.read(lambda tx: tx.items([item_id]))).get(item_id)
    return None if found is None else (await items_shown([found], [selection], context))[0]


async def items_shown(items: Sequence[Item], selections: Sequence[Selection], context: Context) -> list[ReviewItem]:
    """Items with what is selected of them: where that needs their profiles, all of these come in one statement."""
    names = {name for selection in selections for name in selection.names}
    sides = dict[str, Profile]()
    if items and not names.isdisjoint({"profiles", "comparison"}) and context.principal.may("read"):
        look = Look.at(*(selection.under("profiles") for selection in selections))
        if "comparison" in names:
            look = look.with_names(_COMPARED)
        keys = list(dict.fromkeys(key for item in items for key in item.finding.keys))
        profiles = await profiles_by_key(keys, look, context)
        members = {seen.key: profile for profile in profiles.values() for seen in profile.view.identifiers}
        sides = {key: members[key] for key in keys if key in members}
    return [ReviewItem.of(item, context, sides) for item in items]
