"""How much a store holds, and how healthy it is."""

import strawberry

from api.access.masking import Masking
from api.graphql.context import Info
from api.graphql.scalars import JSON
from graph_cdp.query import stats as query_stats
from graph_cdp.store.port import Sizes


@strawberry.type(description="The identifiers of a namespace.")
class NamespaceCount:
    """Counts of one namespace."""

    namespace: str = strawberry.field(description="The namespace.")
    identifiers: int = strawberry.field(description="How many identifiers it has.")
    blocked: int = strawberry.field(description="How many of them are blocked.")
    shared: int = strawberry.field(description="How many of them are shared.")


@strawberry.type(description="How many profiles or clusters are of about one size.")
class SizeBucket:
    """A range of sizes."""

    least: int = strawberry.field(description="The fewest identifiers of it.")
    most: int | None = strawberry.field(description="The most identifiers of it; null where there is no bound.")
    count: int = strawberry.field(description="How many are of such a size.")


@strawberry.type(description="Refusals of one kind.")
class RefusalCount:
    """A count of refusals."""

    reason: str = strawberry.field(description="Why the links did not join.")
    namespace: str | None = strawberry.field(description="The namespace whose limit was the reason.")
    count: int = strawberry.field(description="How many links.")


@strawberry.type(description="A large profile.")
class LargeProfile:
    """A profile by its id."""

    id: strawberry.ID = strawberry.field(description="The profile's id.")
    identifiers: int = strawberry.field(description="How many identifiers it has.")


@strawberry.type(description="A shared identifier, and what it is linked to.")
class SharedIdentifier:
    """A shared identifier by its key."""

    key: str = strawberry.field(description="`namespace:value`.")
    linked: JSON = strawberry.field(description="How many distinct identifiers it is linked to, by namespace.")


@strawberry.type(description="A sign of health.")
class Sign:
    """A count of a total, and what a large share of it may mean."""

    name: str = strawberry.field(description="What is counted.")
    count: int = strawberry.field(description="How many there are.")
    total: int = strawberry.field(description="Of how many.")
    share: float = strawberry.field(description="The part of the total, 0 to 1.")
    meaning: str = strawberry.field(description="What a large share may mean.")


@strawberry.type(description="A look at the whole store. It reads everything: seconds to minutes for a large one.")
class Health:
    """What `graph-cdp stats` shows."""

    namespaces: list[NamespaceCount] = strawberry.field(description="The identifiers by namespace, strongest first.")
    cluster_sizes: list[SizeBucket] = strawberry.field(description="How large the clusters are.")
    profile_sizes: list[SizeBucket] = strawberry.field(description="How large the profiles are.")
    refusals: list[RefusalCount] = strawberry.field(description="What was refused, most often first.")
    largest_profiles: list[LargeProfile] = strawberry.field(description="The profiles with the most identifiers.")
    shared: list[SharedIdentifier] = strawberry.field(description="The shared identifiers that are linked the most.")
    signs: list[Sign] = strawberry.field(description="Signs of health that need no truth.")

    @classmethod
    def of(cls, found: query_stats.Stats, masking: Masking) -> "Health":
        """It as the reader may see it."""
        return cls(
            namespaces=[
                NamespaceCount(
                    namespace=one.namespace, identifiers=one.identifiers, blocked=one.blocked, shared=one.shared
                )
                for one in found.namespaces
            ],
            cluster_sizes=[SizeBucket(least=one.least, most=one.most, count=one.count) for one in found.cluster_sizes],
            profile_sizes=[SizeBucket(least=one.least, most=one.most, count=one.count) for one in found.profile_sizes],
            refusals=[
                RefusalCount(reason=reason, namespace=namespace, count=count)
                for reason, namespace, count in found.refusals
            ],
            largest_profiles=[
                LargeProfile(id=strawberry.ID(id_), identifiers=count) for id_, count in found.largest_profiles
            ],
            shared=[
                SharedIdentifier(key=masking.identifier(one.identifier), linked=JSON(one.linked))
                for one in found.shared
            ],
            signs=[
                Sign(name=one.name, count=one.count, total=one.total, share=one.share, meaning=one.meaning)
                for one in found.signs
            ],
        )


@strawberry.type(description="How much the store holds.")
class Stats:
    """Sizes; profiles and clusters count those of one identifier too."""

    events: int = strawberry.field(description="How many events are stored.")
    identifiers: int = strawberry.field(description="How many identifiers they name.")
    links: int = strawberry.field(description="How many pairs of identifiers they name together.")
    profiles: int = strawberry.field(description="How many profiles there are.")
    clusters: int = strawberry.field(description="How many groups of identifiers links connect.")
    decisions: int = strawberry.field(description="How many decisions were made, superseded ones too.")
    refusals: int = strawberry.field(description="How many links did not join.")

    @strawberry.field(description="A look at everything in the store. Needs the scope `admin`, and patience.")
    async def health(self, info: Info) -> Health:
        """Reads the whole store."""
        context = info.context
        context.require("admin")
        store, rules = context.services.store, context.services.rules
        return Health.of(await context.read(lambda tx: query_stats.stats(tx, store.ids, rules)), context.masking)

    @classmethod
    def of(cls, sizes: Sizes) -> "Stats":
        """The sizes of a store."""
        return cls(**sizes._asdict())
