"""The policy in force."""

import strawberry

from graph_cdp.domain import policy as domain_policy


@strawberry.type(description="A kind of identifier, as the policy has it.")
class Namespace:
    """A namespace."""

    name: str = strawberry.field(description="What it is called.")
    rank: int = strawberry.field(description="Its place: 0 is the strongest.")
    limit: int | None = strawberry.field(description="How many of it one profile may hold; null: any number.")
    shared_above: int | None = strawberry.field(
        description="An identifier linked to more distinct ones of one stronger namespace is shared; null: never."
    )
    personal: bool = strawberry.field(description="Whether its values are masked without the scope `read:pii`.")

    @classmethod
    def of(cls, namespace: domain_policy.Namespace) -> "Namespace":
        """A namespace of the policy."""
        return cls(
            name=namespace.name,
            rank=namespace.rank,
            limit=namespace.limit,
            shared_above=namespace.shared_above,
            personal=namespace.personal,
        )


@strawberry.type(description="What may belong together.")
class Policy:
    """The policy that the store is resolved with."""

    namespaces: list[Namespace] = strawberry.field(description="The kinds of identifiers, strongest first.")

    @classmethod
    def of(cls, policy: domain_policy.Policy) -> "Policy":
        """A policy."""
        return cls(namespaces=[Namespace.of(one) for one in policy.namespaces])
