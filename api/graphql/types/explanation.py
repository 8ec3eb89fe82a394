"""Why two identifiers are, or are not, in one profile."""

from enum import Enum

import strawberry

from api.access.masking import Masking
from api.graphql.scalars import JSON
from api.graphql.types.decision import Decision, decisions_of
from api.graphql.types.event import Event
from api.graphql.types.identifier import Identifier
from api.graphql.types.link import Link, Refusal
from graph_cdp.query import explain


@strawberry.enum(description="Whether two identifiers are in one profile, and if not, what is between them.")
class Answer(Enum):
    """The answers of explanations."""

    SAME_PROFILE = strawberry.enum_value("same_profile", description="They are in one profile.")
    KEPT_APART = strawberry.enum_value("kept_apart", description="Links connect them, and refusals keep them apart.")
    SET_ASIDE = strawberry.enum_value("set_aside", description="One of them, or all that lies between, joins nobody.")
    UNCONNECTED = strawberry.enum_value("unconnected", description="Nothing leads from one to the other.")


@strawberry.type(description="A step of the way from one identifier to another.")
class ExplanationStep:
    """A link, with events that speak for it."""

    link: Link = strawberry.field(description="The link, and why it was refused, if it was.")
    examples: list[Event] = strawberry.field(description="The newest events that named both of its identifiers.")

    @classmethod
    def of(cls, step: explain.Step, masking: Masking) -> "ExplanationStep":
        """A step as the reader may see it."""
        refused = step.refusal
        return cls(
            link=Link.of(step.link, refused and refused.reason, refused and refused.namespace, masking),
            examples=[Event.of(one, masking) for one in step.examples],
        )


@strawberry.type(description="An identifier that joins nobody, and what it is linked to.")
class Aside:
    """An identifier that is set aside."""

    identifier: Identifier = strawberry.field(description="The identifier, with the reason.")
    linked: JSON = strawberry.field(
        description="How many distinct identifiers a shared one is linked to, by namespace; empty for a blocked one."
    )


@strawberry.type(description="Whether two identifiers are in one profile, and what the answer rests on.")
class Explanation:
    """The answer and its evidence."""

    from_: str = strawberry.field(name="from", description="The key of the identifier that was asked about first.")
    to: str = strawberry.field(description="The key of the other one.")
    verdict: Answer = strawberry.field(description="The answer.")
    path: list[ExplanationStep] = strawberry.field(
        description="The strongest way along links from one to the other; empty where there is none."
    )
    refusals: list[Refusal] = strawberry.field(description="All links that did not join the two profiles.")
    set_aside: list[Aside] = strawberry.field(description="The identifiers that could connect them, and join nobody.")
    decisions: list[Decision] = strawberry.field(
        description="What reviewers decided between the two, newest first, superseded decisions too."
    )

    @classmethod
    def of(cls, found: explain.Explanation, masking: Masking) -> "Explanation":
        """An explanation as the reader may see it."""
        return cls(
            from_=masking.identifier(found.a),
            to=masking.identifier(found.b),
            verdict=Answer(found.verdict),
            path=[ExplanationStep.of(step, masking) for step in found.path],
            refusals=[Refusal.of(one, masking) for one in found.refusals],
            set_aside=[
                Aside(identifier=Identifier.of(one.seen, masking), linked=JSON(one.linked)) for one in found.aside
            ],
            decisions=decisions_of(found.decisions, masking),
        )
