"""`decide` and `withdraw`: a reviewer's judgements, with what they change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple

import strawberry

from api.graphql.context import Context, Info
from api.graphql.inputs import IdentifierInput
from api.graphql.mutations.review import changes_of, error_of, rule, ruling_of
from api.graphql.paging import PAGE_DEFAULT, First, page_size
from api.graphql.review import items_shown
from api.graphql.selection import Selection
from api.graphql.types.change import IdentityChange
from api.graphql.types.decision import Decision, Verdict, said_of
from api.graphql.types.profile import Look, Profile, profiles_at
from api.graphql.types.review import ReviewItem
from api.graphql.types.user_error import UserError, UserErrorCode
from graph_cdp.domain import decision as domain_decision
from graph_cdp.domain.access import AuditEntry
from graph_cdp.domain.decision import standing
from graph_cdp.domain.event import Issue
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError
from graph_cdp.review import Refused
from graph_cdp.service.announce import Announced
from graph_cdp.service.audit import record
from graph_cdp.service.decide import decide
from graph_cdp.service.review import act
from graph_cdp.store.port import Reading, Writing

_ON_PAIRS = frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE})

WITHDRAWN = "withdrawn"
"""The reason of a withdrawal for which none is given."""


@strawberry.type(description="What a decision changed, or what is wrong with it.")
class DecidePayload:
    """A decision and its effect; `decision` is null where nothing was decided."""

    decision: Decision | None = strawberry.field(description="The decision; null where something is wrong with it.")
    supersedes: Decision | None = strawberry.field(description="The decision that stood before; null where none did.")
    together: bool | None = strawberry.field(
        description="Whether the two are in one profile now; null where nothing was decided."
    )
    changes: list[IdentityChange] = strawberry.field(description="What became of profiles.")
    touched: list[strawberry.ID] = strawberry.field(
        description="The ids of the profiles that were touched, those that are gone too."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong, where nothing was decided.")
    item: ReviewItem | None = strawberry.field(
        description="The item of the review queue that was decided; null where the decision was on two identifiers."
    )
    keys: strawberry.Private[tuple[Key, ...]]

    @strawberry.field(description="The profiles of the two identifiers, as they are now. Needs the scope `read`.")
    async def profiles(self, info: Info, first: First = PAGE_DEFAULT) -> list[Profile]:
        """In one statement."""
        info.context.require("read")
        size = page_size(first)
        return (await profiles_at(self.keys, Look.at(Selection.of(info)), info.context))[:size]


class _Decided(NamedTuple):
    decision: domain_decision.Decision
    history: tuple[domain_decision.Decision, ...]
    together: bool
    announced: Announced


@strawberry.type
class DecideMutation:
    """Judging pairs of identifiers."""

    @strawberry.mutation(
        description="Say whether two identifiers are one person's, or decide an item of the review queue; it "
        "supersedes what was said before. Give `a` and `b`, or `item`. Needs the scope `decide`."
    )
    async def decide(
        self,
        info: Info,
        *,
        a: Annotated[IdentifierInput | None, strawberry.argument(description="The one identifier.")] = None,
        b: Annotated[IdentifierInput | None, strawberry.argument(description="The other one.")] = None,
        verdict: Annotated[Verdict, strawberry.argument(description="What is said of the two, or of the item.")],
        reason: Annotated[str, strawberry.argument(description="Why, for whoever reads the history later.")],
        item: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="An item of the review queue, `rev_…`, in place of the two. Where several reviewers must "
                "agree, nothing changes until they do."
            ),
        ] = None,
    ) -> DecidePayload:
        """Recorded in the name of whoever asks, together with its entry in the audit log."""
        context = info.context
        context.require("decide")
        if item is not None and a is None and b is None:
            return await _item_decided(info, act.Said(item, ruling_of(verdict), reason))
        if item is not None or a is None or b is None:
            raise InputError("Give either `a` and `b`, or `item`.")
        if verdict not in _ON_PAIRS:
            return _refused(UserErrorCode.VERDICT_UNFIT, "Two identifiers are SAME, DIFFERENT or UNSURE.", "verdict")
        keys = list[Key]()
        for name, given in (("a", a), ("b", b)):
            named = context.services.rules.identifiers.identify(given.namespace, given.value)
            if isinstance(named, Issue):
                return _refused(UserErrorCode.IDENTIFIER_INVALID, f"It names no identifier: {named.detail}.", name)
            keys.append(named.key)
        if keys[0] == keys[1]:
            return _refused(UserErrorCode.SAME_IDENTIFIER, "Both name the same identifier; name two.", "b")
        if not reason.strip():
            return _refused(
                UserErrorCode.REASON_MISSING, "Say why; who reads the history later wants to know.", "reason"
            )
        said, now = said_of(verdict), context.services.now()

        async def work(tx: Writing) -> _Decided | UserError:
            known = await tx.identifiers(keys)
            for name, key in zip(("a", "b"), keys, strict=True):
                if key not in known:
                    return _error(UserErrorCode.IDENTIFIER_UNKNOWN, "No event has named this identifier.", name)
            made = domain_decision.Decision.of(keys[0], keys[1], said, now, context.principal.id, reason.strip())
            return await _decide(tx, made, await _on(tx, made.pair), "decide", context)

        return _payload(await context.services.decide(work), context)

    @strawberry.mutation(
        description="Take a decision back: earlier profiles come back, ids included. Needs the scope `decide`."
    )
    async def withdraw(
        self,
        info: Info,
        decision: Annotated[strawberry.ID, strawberry.argument(description="The decision's id; it must stand.")],
        reason: Annotated[
            str, strawberry.argument(description="Why, for whoever reads the history later.")
        ] = WITHDRAWN,
    ) -> DecidePayload:
        """A decision `unsure` on the same two takes its place; none is ever deleted."""
        context = info.context
        context.require("decide")

        now, why = context.services.now(), reason.strip() or WITHDRAWN

        async def work(tx: Writing) -> _Decided | UserError:
            found = await tx.decisions_by_id([decision])
            if not found:
                return _error(UserErrorCode.DECISION_UNKNOWN, "There is no decision with this id.", "decision")
            pair = found[0].pair
            history = await _on(tx, pair)
            stands = standing(history)[pair]
            made = domain_decision.Decision.of(*pair, "unsure", now, context.principal.id, why)
            if (stands.id != decision or stands.verdict == "unsure") and stands != made:
                return _error(UserErrorCode.DECISION_SUPERSEDED, "It does not stand any more.", "decision")
            return await _decide(tx, made, history, "withdraw", context)

        return _payload(await context.services.decide(work), context)


async def _item_decided(info: Info, said: act.Said) -> DecidePayload:
    """Decide an item; a payload like that of two identifiers, as far as a decision on two was recorded."""
    context = info.context
    ruled = await rule(context, [said])
    (outcome,) = ruled.outcomes
    if isinstance(outcome, Refused):
        return _nothing(error_of(outcome))
    (shown,) = await items_shown([outcome.item], [Selection.of(info).under("item")], context)
    made = outcome.decision
    if made is None:
        return replace(_nothing(), item=shown, changes=changes_of(ruled.announced))

    async def ask(tx: Reading) -> _Decided:
        return await _decided(tx, made, ruled.announced)

    return replace(_payload(await context.read(ask), context), item=shown)


async def _on(tx: Reading, pair: tuple[Key, Key]) -> list[domain_decision.Decision]:
    return [one for one in await tx.decisions_on(pair) if one.pair == pair]


async def _decide(
    tx: Writing,
    made: domain_decision.Decision,
    history: Sequence[domain_decision.Decision],
    action: str,
    context: Context,
) -> _Decided:
    """Record a decision with its entry in the audit log. Safe to run again."""
    asked_at, stood = made.at, standing(history).get(made.pair)
    if stood is not None and stood.at >= made.at and stood != made:
        # Whoever asks has seen what stood, so theirs is the later one, whatever the clocks of two workers say.
        made = made._replace(at=stood.at + 1)
    announced = await decide(tx, [made], context.services.rules.policy)
    await record(tx, [AuditEntry(0, asked_at, context.principal.id, action, made.id, made.reason)])
    return await _decided(tx, made, announced)


async def _decided(tx: Reading, made: domain_decision.Decision, announced: Announced) -> _Decided:
    """A decision that is recorded, with what it led to."""
    now = await tx.identifiers(made.pair)
    profiles = {now[key].profile if key in now else None for key in made.pair}
    together = len(profiles) == 1 and None not in profiles
    return _Decided(made, tuple(await _on(tx, made.pair)), together, announced)


def _payload(outcome: _Decided | UserError, context: Context) -> DecidePayload:
    if isinstance(outcome, UserError):
        return _nothing(outcome)
    made, masking = outcome.decision, context.masking
    before = standing(one for one in outcome.history if one != made).get(made.pair)
    return DecidePayload(
        decision=Decision.of(made, masking, stands=standing(outcome.history)[made.pair] == made),
        supersedes=None if before is None else Decision.of(before, masking, stands=False),
        together=outcome.together,
        changes=[IdentityChange.of(one) for one in outcome.announced.changes],
        touched=[strawberry.ID(one) for one in outcome.announced.touched],
        user_errors=[],
        item=None,
        keys=made.pair,
    )


def _refused(code: UserErrorCode, message: str, argument: str) -> DecidePayload:
    return _nothing(_error(code, message, argument))


def _nothing(*errors: UserError) -> DecidePayload:
    return DecidePayload(
        decision=None,
        supersedes=None,
        together=None,
        changes=[],
        touched=[],
        user_errors=list(errors),
        item=None,
        keys=(),
    )


def _error(code: UserErrorCode, message: str, argument: str) -> UserError:
    return UserError(code=code, message=message, path=[argument])
