"""Acts on items of the review queue: `claim`, `decideMany`, `snooze`, `note`, `undo`; and `decide` of an item."""

from collections.abc import Sequence
from typing import Annotated, cast

import strawberry

from api.graphql.context import Context, Info
from api.graphql.review import items_shown
from api.graphql.scalars import DateTime
from api.graphql.selection import Selection
from api.graphql.types.change import IdentityChange
from api.graphql.types.decision import Verdict
from api.graphql.types.review import ReviewItem
from api.graphql.types.user_error import UserError, UserErrorCode
from graph_cdp.domain.review import Ruling
from graph_cdp.review import Refused
from graph_cdp.service.announce import Announced
from graph_cdp.service.review import act
from graph_cdp.store.port import Writing

_ARGUMENTS = {"time_passed": "until", "verdict_repeated": "verdict", "verdict_unfit": "verdict"}

ItemId = Annotated[strawberry.ID, strawberry.argument(description="The item's id, `rev_…`.")]


@strawberry.input(description="What is said of an item of the review queue.")
class ReviewDecisionInput:
    """One of many rulings."""

    item: strawberry.ID = strawberry.field(description="The item's id, `rev_…`.")
    verdict: Verdict = strawberry.field(
        description="`SAME`, `DIFFERENT` or `UNSURE` of a duplicate; `FRAUD`, `HARMLESS` or `UNSURE` of a fraud item."
    )
    reason: str = strawberry.field(description="Why, for whoever reads the history later.")


@strawberry.type(description="What an act on an item did, or what is wrong with it.")
class ReviewPayload:
    """An item after an act."""

    item: ReviewItem | None = strawberry.field(description="The item as it stands now; null where nothing was done.")
    changes: list[IdentityChange] = strawberry.field(description="What became of profiles.")
    touched: list[strawberry.ID] = strawberry.field(
        description="The ids of the profiles that were touched, those that are gone too."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong, where nothing was done.")


@strawberry.type(description="What deciding many items did, and what is wrong with those that were not decided.")
class ReviewManyPayload:
    """Items after their rulings; those that can be decided are, whatever is wrong with the others."""

    items: list[ReviewItem | None] = strawberry.field(
        description="The items as they stand now, in the order given; null for one that was not decided."
    )
    changes: list[IdentityChange] = strawberry.field(description="What became of profiles.")
    touched: list[strawberry.ID] = strawberry.field(
        description="The ids of the profiles that were touched, those that are gone too."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with items that were not decided.")


@strawberry.type
class ReviewMutation:
    """Judging what is in the review queue. Every act is in the audit log."""

    @strawberry.mutation(
        description="Take an item on for a day: nobody else can decide it meanwhile. Needs the scope `decide`."
    )
    async def claim(self, info: Info, item: ItemId) -> ReviewPayload:
        """Of two who ask at once one gets it."""
        by, now = _reviewer(info.context)
        acted = await info.context.services.store.write(lambda tx: act.claim(tx, item, by, now))
        return await _payload(info, act.Ruled((acted,), Announced()))

    @strawberry.mutation(
        description=f"Decide up to {act.RULINGS_MAX} items in one transaction; those that cannot be decided are "
        "told in `userErrors`, the others are decided. Needs the scope `decide`."
    )
    async def decide_many(
        self,
        info: Info,
        decisions: Annotated[
            list[ReviewDecisionInput], strawberry.argument(description="The items, and what is said of each.")
        ],
    ) -> ReviewManyPayload:
        """Recorded in the name of whoever asks."""
        context = info.context
        said = [act.Said(one.item, ruling_of(one.verdict), one.reason) for one in decisions]
        ruled = await rule(context, said)
        done = [one.item for one in ruled.outcomes if isinstance(one, act.Acted)]
        last = {item.id: item for item in done}
        shown = await items_shown(list(last.values()), [Selection.of(info).under("items")], context)
        by_id = {str(item.id): item for item in shown}
        return ReviewManyPayload(
            items=[by_id[one.item.id] if isinstance(one, act.Acted) else None for one in ruled.outcomes],
            changes=changes_of(ruled.announced),
            touched=touched_of(ruled.announced),
            user_errors=[
                error_of(one, "decisions", str(place))
                for place, one in enumerate(ruled.outcomes)
                if isinstance(one, Refused)
            ],
        )

    @strawberry.mutation(description="Put an item off until a time. Needs the scope `decide`.")
    async def snooze(
        self,
        info: Info,
        item: ItemId,
        until: Annotated[DateTime, strawberry.argument(description="When it is to be open again.")],
    ) -> ReviewPayload:
        """It wakes by itself."""
        by, now = _reviewer(info.context)
        acted = await info.context.services.store.write(lambda tx: act.snooze(tx, item, by, until, now))
        return await _payload(info, act.Ruled((acted,), Announced()))

    @strawberry.mutation(description="Leave a note at an item, whatever its state. Needs the scope `decide`.")
    async def note(
        self, info: Info, item: ItemId, text: Annotated[str, strawberry.argument(description="The note.")]
    ) -> ReviewPayload:
        """Kept with the item; the audit log tells that, and not what, somebody wrote."""
        by, now = _reviewer(info.context)
        acted = await info.context.services.store.write(lambda tx: act.note(tx, item, by, text, now))
        return await _payload(info, act.Ruled((acted,), Announced()), text="text")

    @strawberry.mutation(
        description="Take the last act on an item back, notes aside. A decision that it recorded is withdrawn: the "
        "earlier profiles come back, ids included. Needs the scope `decide`."
    )
    async def undo(self, info: Info, item: ItemId) -> ReviewPayload:
        """Nothing is deleted: the undo is an act of its own."""
        by, now = _reviewer(info.context)
        services = info.context.services

        async def work(tx: Writing) -> act.Ruled:
            return await act.undo(tx, item, by, services.rules.policy, now)

        return await _payload(info, await services.decide(work))


async def rule(context: Context, said: Sequence[act.Said]) -> act.Ruled:
    """Decide items in the name of whoever asks."""
    by, now = _reviewer(context)
    services = context.services

    async def work(tx: Writing) -> act.Ruled:
        return await act.rule(tx, said, by, services.rules.policy, now, services.settings.reviewers)

    return await services.decide(work)


def ruling_of(verdict: Verdict) -> Ruling:
    """A verdict on an item in the program's words."""
    return cast("Ruling", verdict.value)


def error_of(refused: Refused, *place: str, text: str = "reason") -> UserError:
    """Why an act was not taken, with the argument that is wrong; `text` is what the one with the words is called."""
    argument = text if refused.code.startswith("reason") else _ARGUMENTS.get(refused.code, "item")
    return UserError(code=UserErrorCode(refused.code), message=refused.message, path=[*place, argument])


def changes_of(announced: Announced) -> list[IdentityChange]:
    """What became of profiles."""
    return [IdentityChange.of(one) for one in announced.changes]


def touched_of(announced: Announced) -> list[strawberry.ID]:
    """The ids of the profiles that were touched."""
    return [strawberry.ID(one) for one in announced.touched]


async def _payload(info: Info, ruled: act.Ruled, text: str = "reason") -> ReviewPayload:
    (outcome,) = ruled.outcomes
    if isinstance(outcome, Refused):
        return ReviewPayload(item=None, changes=[], touched=[], user_errors=[error_of(outcome, text=text)])
    (item,) = await items_shown([outcome.item], [Selection.of(info).under("item")], info.context)
    return ReviewPayload(
        item=item, changes=changes_of(ruled.announced), touched=touched_of(ruled.announced), user_errors=[]
    )


def _reviewer(context: Context) -> tuple[str, int]:
    """Who asks, and when."""
    context.require("decide")
    return context.principal.id, context.services.now()
