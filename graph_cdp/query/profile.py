"""A profile in full: its identifiers, traits with their source, newest events and refusals."""

from typing import NamedTuple

from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import Trait, survivors
from graph_cdp.store.port import Reading, Store, StoredEvent


class ProfileView(NamedTuple):
    """A profile as it is now. Identifiers are strongest first, events newest first, traits by name.

    `cluster` counts the identifiers of its cluster: more than its own where something was refused.
    """

    id: str
    anchor: Key
    first_seen: Millis
    last_seen: Millis
    identifiers: tuple[Seen, ...]
    traits: dict[str, Trait]
    events: tuple[StoredEvent, ...]
    refusals: tuple[Refusal, ...]
    cluster: int


async def profile_of(
    tx: Reading, key: Key, store: Store, policy: Policy, events: int = 20
) -> ProfileView | Seen | None:
    """The profile that an identifier belongs to, with at most `events` of its events.

    The identifier itself where it is set aside and belongs to none; None where no event has named it.
    """
    seen = (await tx.identifiers([key])).get(key)
    if seen is None or seen.cluster is None or seen.profile is None:
        return seen
    cluster = await tx.members_of([seen.cluster])
    members = strongest_first([one for one in cluster if one.profile == seen.profile], policy)
    keys = [one.key for one in members]
    return ProfileView(
        store.ids.of(seen.profile),
        seen.profile,
        min(one.first_seen for one in members),
        max(one.last_seen for one in members),
        members,
        survivors(await tx.traits_of(keys), policy),
        tuple(await tx.journey(keys, events)) if events else (),
        tuple(await tx.refusals_of(keys)),
        len(cluster),
    )


def strongest_first(members: list[Seen], policy: Policy) -> tuple[Seen, ...]:
    """Identifiers by rank, then first_seen, then key: the anchor comes first."""
    rank = policy.rank_by_name
    return tuple(sorted(members, key=lambda one: (rank[namespace_of(one.key)], one.first_seen, one.key)))
