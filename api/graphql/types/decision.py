"""Decisions of reviewers."""

from collections.abc import Iterable
from enum import Enum
from typing import cast

import strawberry

from api.access.masking import Masking
from api.graphql.scalars import DateTime
from graph_cdp.domain import decision as domain_decision
from graph_cdp.domain.decision import standing


@strawberry.enum(description="What a reviewer says of two identifiers, or of an item of the review queue.")
class Verdict(Enum):
    """The verdicts."""

    SAME = strawberry.enum_value("same", description="They are one person's.")
    DIFFERENT = strawberry.enum_value("different", description="They are two persons'.")
    UNSURE = strawberry.enum_value("unsure", description="Nothing is said; an earlier verdict is taken back.")
    WITHDRAWN = strawberry.enum_value(
        "withdrawn",
        description="The verdict before is taken back: what stood earlier stands again. See `undo`.",
    )
    FRAUD = strawberry.enum_value("fraud", description="Of an item of kind `FRAUD`: it is fraud.")
    HARMLESS = strawberry.enum_value("harmless", description="Of an item of kind `FRAUD`: it is none.")


def said_of(verdict: Verdict) -> domain_decision.Verdict:
    """A verdict in the program's words."""
    return cast("domain_decision.Verdict", verdict.value)


@strawberry.type(description="A reviewer's judgement on two identifiers. Superseded, never overwritten.")
class Decision:
    """A decision; the two identifiers are named by their keys, the smaller first."""

    id: strawberry.ID = strawberry.field(description="What `withdraw` calls it.")
    from_: str = strawberry.field(name="from", description="The key of the one identifier.")
    to: str = strawberry.field(description="The key of the other one.")
    verdict: Verdict = strawberry.field(description="What was judged.")
    at: DateTime = strawberry.field(description="When.")
    by: str = strawberry.field(description="By whom.")
    reason: str = strawberry.field(description="Why, in the reviewer's words.")
    stands: bool = strawberry.field(description="Whether it is in force: no later decision on the two took its place.")

    @classmethod
    def of(cls, decision: domain_decision.Decision, masking: Masking, *, stands: bool) -> "Decision":
        """A decision as the reader may see it."""
        return cls(
            id=strawberry.ID(decision.id),
            from_=masking.identifier(decision.low),
            to=masking.identifier(decision.high),
            verdict=Verdict(decision.verdict),
            at=DateTime(decision.at),
            by=decision.by,
            reason=decision.reason,
            stands=stands,
        )


def decisions_of(found: Iterable[domain_decision.Decision], masking: Masking) -> list[Decision]:
    """Decisions as the reader may see them, newest first; all on their pairs must be among them."""
    ordered = sorted(set(found), key=lambda one: (one.at, one.id), reverse=True)
    in_force = {one.id for one in standing(ordered).values()}
    return [Decision.of(one, masking, stands=one.id in in_force) for one in ordered]
