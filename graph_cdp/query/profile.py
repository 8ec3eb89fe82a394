"""A profile in full: its identifiers, traits with their source, newest events and refusals."""

from collections import defaultdict
from collections.abc import Collection
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


class Wanted(NamedTuple):
    """Which parts of profiles are asked for; `events`: how many of the newest of each."""

    traits: bool = True
    events: int = 20
    refusals: bool = True


async def profile_of(
    tx: Reading, key: Key, store: Store, policy: Policy, events: int = 20
) -> ProfileView | Seen | None:
    """The profile that an identifier belongs to, with at most `events` of its events.

    The identifier itself where it is set aside and belongs to none; None where no event has named it.
    """
    return (await profiles_of(tx, [key], store, policy, Wanted(events=events))).get(key)


async def profiles_of(
    tx: Reading, keys: Collection[Key], store: Store, policy: Policy, wanted: Wanted
) -> dict[Key, ProfileView | Seen]:
    """The profiles that identifiers belong to, by those identifiers, in one statement.

    The identifier itself where it is set aside and belongs to none; left out where no event has named it.
    """
    found = await tx.profiles(keys, traits=wanted.traits, events=wanted.events, refusals=wanted.refusals)
    members, traits, refusals = defaultdict(list), defaultdict(list), defaultdict(list)
    profile_by_key: dict[Key, Key] = {}
    for seen in found.members:
        if seen.profile is not None:
            profile_by_key[seen.key] = seen.profile
            members[seen.profile].append(seen)
    for held in found.traits:
        traits[profile_by_key[held.key]].append(held)
    for refusal in found.refusals:
        for anchor in {profile_by_key[key] for key in refusal.pair if key in profile_by_key}:
            refusals[anchor].append(refusal)
    views = {
        anchor: ProfileView(
            store.ids.of(anchor),
            anchor,
            min([one.first_seen for one in group]),
            max([one.last_seen for one in group]),
            strongest_first(group, policy),
            survivors(traits[anchor], policy),
            tuple(found.events.get(anchor, ())),
            tuple(refusals[anchor]),
            found.clusters[anchor],
        )
        for anchor, group in members.items()
    }
    return {key: seen if seen.profile is None else views[seen.profile] for key, seen in found.asked.items()}


def strongest_first(members: list[Seen], policy: Policy) -> tuple[Seen, ...]:
    """Identifiers by rank, then first_seen, then key: the anchor comes first."""
    rank = policy.rank_by_name
    return tuple(sorted(members, key=lambda one: (rank[namespace_of(one.key)], one.first_seen, one.key)))
