"""Groups of profiles that share at least two identifiers, each with some other of the group."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import Final, NamedTuple

from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.link import Pair
from graph_cdp.domain.policy import Policy
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.view import Hub, KnownProfile, View, known_at

SMALL: Final = 200
"""An identifier that was seen with more others than this is a public place, and ties nobody to anybody."""

_SHARED_AT_LEAST = 2


class Group(NamedTuple):
    """Profiles, the earliest known first; the pairs of them that are tied; and the identifiers that tie them."""

    profiles: tuple[KnownProfile, ...]
    ties: int
    hubs: tuple[Key, ...]


def is_small(hub: Hub) -> bool:
    """Whether an identifier can tie profiles to one another. It can, until it was seen with many: never again."""
    return len(hub.sightings) <= SMALL


def tied_pairs(view: View) -> dict[Pair, list[Key]]:
    """The pairs of known profiles that share two identifiers or more, and which; the smaller anchor first."""
    shared = defaultdict[Pair, list[Key]](list)
    for hub in _tying(view.hubs.values(), view.policy):
        for pair in combinations(sorted(known_at(hub, view.policy)), 2):
            shared[pair].append(hub.key)
    return {pair: hubs for pair, hubs in shared.items() if len(hubs) >= _SHARED_AT_LEAST}


def groups_of(components: Iterable[Collection[Key]], view: View) -> Iterator[Group]:
    """The groups of connected components of tied pairs; all profiles and their hubs are in the view.

    Profiles that became part of another one while the view was filled are left out: that one stands for them.
    """
    ties = tied_pairs(view)
    number: dict[Key, int] = {}
    members = list[list[KnownProfile]]()
    for place, anchors in enumerate(components):
        there = [view.profiles[key] for key in anchors if key in view.profiles]
        number.update((one.anchor, place) for one in there)
        members.append(sorted(there, key=lambda one: (one.since, one.anchor)))
    tied, hubs = Counter[int](), defaultdict[int, set[Key]](set)
    for (low, high), shared in ties.items():
        if low in number and high in number:
            tied[number[low]] += 1
            hubs[number[low]].update(shared)
    for place, profiles in enumerate(members):
        if tied[place]:
            yield Group(tuple(profiles), tied[place], tuple(sorted(hubs[place])))


def _tying(hubs: Iterable[Hub], policy: Policy) -> Iterator[Hub]:
    namespaces = passed_around(policy)
    for hub in hubs:
        if namespace_of(hub.key) in namespaces and is_small(hub):
            yield hub
