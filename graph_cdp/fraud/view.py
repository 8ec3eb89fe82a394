"""What the rules look at: identifiers with what they were seen with, and the known profiles there."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis

EMAIL_KINDS: Final = frozenset({"email", "hashed_email"})
"""Kinds of which anybody may have as many as they like, for nothing."""

SURNAMES: Final = ("last_name", "lastName", "family_name", "familyName", "surname")
"""What traits with a surname are called."""


class Sighting(NamedTuple):
    """That `count` events named a hub together with `key`, from `since` on.

    `profile` is the anchor of the profile that `key` is in, None: in none. `refused`: the link joined nothing.
    """

    key: Key
    profile: Key | None
    since: Millis
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    refused: bool


class Hub(NamedTuple):
    """An identifier, and what events named together with it; of very many, some."""

    key: Key
    sightings: tuple[Sighting, ...]


class KnownProfile(NamedTuple):
    """A profile of which it is known whose it is. `since`: when its anchor was first seen, so when it became known."""

    anchor: Key
    since: Millis
    members: tuple[Seen, ...]
    surname: str | None = None


class Place(NamedTuple):
    """Where an event of a profile happened: degrees north and east."""

    at: Millis
    event: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class View:
    """A part of the graph: hubs by key, known profiles and their places by anchor.

    A rule that looks at a hub finds the profiles there, and the hubs of all their members.
    """

    policy: Policy
    hubs: dict[Key, Hub] = field(default_factory=dict)
    profiles: dict[Key, KnownProfile] = field(default_factory=dict)
    places: dict[Key, tuple[Place, ...]] = field(default_factory=dict)


def known_at(hub: Hub, policy: Policy, *, refused: bool = False) -> dict[Key, Millis]:
    """Since when each known profile was seen with a hub, by anchor; only by links that were refused, if asked.

    Ids, e-mail addresses and anchors tell who was there. Another device or card at hand does not: it may be lent.
    """
    # Whoever holds an identifier of a known namespace has an anchor among them.
    found: dict[Key, Millis] = {}
    for seen in hub.sightings:
        if seen.profile is None or namespace_of(seen.profile) not in policy.known_namespaces:
            continue
        if (seen.refused or not refused) and (seen.key == seen.profile or _is_personal(seen.key, policy)):
            found[seen.profile] = min(seen.since, found.get(seen.profile, seen.since))
    return found


def has_own_life(profile: KnownProfile, hubs: Collection[Key], view: View) -> bool:
    """Whether a profile has something that is nobody else's and that was seen at least once apart from the hubs.

    Ids and e-mail addresses do not count: to have many of them costs nothing.
    """
    return any(_is_own(member, profile.anchor, hubs, view) for member in profile.members)


def without_own_life(anchors: Iterable[Key], hubs: Collection[Key], view: View) -> list[KnownProfile]:
    """Those of the profiles that have nothing of their own apart from the hubs, the earliest known first."""
    profiles = (view.profiles[anchor] for anchor in anchors if anchor in view.profiles)
    return sorted(
        (one for one in profiles if not has_own_life(one, hubs, view)), key=lambda one: (one.since, one.anchor)
    )


def emails_of(profile: KnownProfile, policy: Policy) -> list[str]:
    """The addresses of a profile, without namespaces, sorted."""
    return sorted(member.key.partition(":")[2] for member in profile.members if _kind(member.key, policy) == "email")


def surname_of(traits: Mapping[str, object]) -> str | None:
    """The surname that traits tell, by its customary names, in the form in which it is compared."""
    told = next((traits[name] for name in SURNAMES if isinstance(traits.get(name), str)), None)
    return " ".join(str(told).casefold().split()) or None if told is not None else None


def _is_own(member: Seen, anchor: Key, hubs: Collection[Key], view: View) -> bool:
    if member.key in hubs or _is_personal(member.key, view.policy):
        return False
    seen_with = view.hubs[member.key]
    if not known_at(seen_with, view.policy).keys() <= {anchor}:
        return False
    return member.count > sum(one.count for one in seen_with.sightings if one.key in hubs)


def _is_personal(key: Key, policy: Policy) -> bool:
    """Whether an identifier is an id or an e-mail address: each profile has its own."""
    namespace = policy.by_name[namespace_of(key)]
    return namespace.limit == 1 or namespace.normalise in EMAIL_KINDS


def _kind(key: Key, policy: Policy) -> str:
    return policy.by_name[namespace_of(key)].normalise
