"""Traits of a profile."""

import strawberry

from api.access.masking import Masking
from api.graphql.scalars import JSON, DateTime
from graph_cdp import resolve


@strawberry.type(description="A trait of a profile: the value that the policy's rule picked, and where it comes from.")
class Trait:
    """One trait; values of personal traits are masked from whoever may not read them."""

    name: str = strawberry.field(description="What the trait is called.")
    value: JSON = strawberry.field(description="The value that stands for the profile.")
    source: str = strawberry.field(description="The source of the event that told it.")
    at: DateTime = strawberry.field(description="When that event happened.")
    event: strawberry.ID = strawberry.field(description="The id of that event.")
    identifier: str = strawberry.field(description="The key of the identifier that the event told it of.")

    @classmethod
    def of(cls, trait: resolve.Trait, masking: Masking) -> "Trait":
        """A trait as the reader may see it."""
        return cls(
            name=trait.name,
            value=JSON(masking.trait(trait.name, trait.value)),
            source=trait.source,
            at=DateTime(trait.at),
            event=strawberry.ID(trait.event),
            identifier=masking.identifier(trait.identifier),
        )
