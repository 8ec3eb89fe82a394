"""Reads the part of the graph that the rules of fraud look at, many identifiers in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.pages import PlacedLink
from graph_cdp.domain.policy import Policy
from graph_cdp.fraud import Hub, KnownProfile, Sighting, View, place_of, surname_of, tied_pairs
from graph_cdp.resolve import Held, components, survivors
from graph_cdp.resolve.traits import trait_values
from graph_cdp.store.port import Reading

MOST_LINKS: Final = 1_000
"""So many links of one identifier are looked at: of more, those that come first by hashes, which is a fair sample."""

MOST_PLACES: Final = 1_000
"""So many of a profile's newest events with a place are looked at."""

MOST_TIED: Final = 1_000
"""Groups of more profiles than this are no longer followed to their end."""

_CHUNK = 500

T = TypeVar("T")


class Looker:
    """Fills a view with what is asked for, each once."""

    def __init__(self, tx: Reading, policy: Policy) -> None:
        self._tx = tx
        self.view = View(policy)

    async def hubs(self, keys: Iterable[Key]) -> list[Hub]:
        """Identifiers with what they were seen with; without those that the policy does not know, or blocks."""
        view, policy = self.view, self.view.policy
        wanted = [key for key in dict.fromkeys(keys) if namespace_of(key) in policy.by_name]
        for chunk in _chunks([key for key in wanted if key not in view.hubs]):
            pages = await self._tx.link_pages([[key] for key in chunk], MOST_LINKS)
            for key, links in zip(chunk, pages, strict=True):
                view.hubs[key] = _hub(key, links)
        return [view.hubs[key] for key in wanted]

    async def profiles(self, anchors: Iterable[Key]) -> list[KnownProfile]:
        """Profiles by their anchors."""
        view = self.view
        wanted = list(dict.fromkeys(anchors))
        for chunk in _chunks([anchor for anchor in wanted if anchor not in view.profiles]):
            found = await self._tx.profiles(chunk, traits=True, events=0, refusals=False)
            members, traits = defaultdict[Key, list[Seen]](list), defaultdict[Key, list[Held]](list)
            anchor_by_key: dict[Key, Key] = {}
            for seen in found.members:
                if seen.profile is not None:
                    members[seen.profile].append(seen)
                    anchor_by_key[seen.key] = seen.profile
            for held in found.traits:
                traits[anchor_by_key[held.key]].append(held)
            for anchor in chunk:
                if anchor in members:
                    view.profiles[anchor] = _profile(anchor, members[anchor], traits[anchor], view.policy)
        return [view.profiles[anchor] for anchor in wanted if anchor in view.profiles]

    async def lives(self, anchors: Iterable[Key]) -> list[Hub]:
        """What the members of profiles were seen with."""
        return await self.hubs(seen.key for one in await self.profiles(anchors) for seen in one.members)

    async def surroundings(self, anchors: Iterable[Key]) -> list[Hub]:
        """All that the members of profiles were seen with, as hubs, and the members themselves."""
        members = await self.lives(anchors)
        around = (seen.key for hub in members for seen in hub.sightings)
        return [*members, *await self.hubs(around)]

    async def places(self, anchors: Iterable[Key]) -> None:
        """Where the events of profiles happened, as far as they tell."""
        profiles = await self.profiles(anchors)
        for chunk in _chunks(profiles):
            keys = [[seen.key for seen in one.members] for one in chunk]
            for one, events in zip(chunk, await self._tx.located_events(keys, MOST_PLACES), strict=True):
                told = (place_of(event.at, event.id, event.body) for event in events)
                self.view.places[one.anchor] = tuple(place for place in told if place is not None)

    async def tied(self, anchors: Iterable[Key]) -> list[list[Key]]:
        """The connected components of tied pairs around profiles, by anchors, each followed to its end."""
        groups = [[anchor] for anchor in dict.fromkeys(anchors)]
        followed = set[Key]()
        while ends := {key for group in groups if len(group) <= MOST_TIED for key in group} - followed:
            await self.surroundings(ends)
            followed |= ends
            pairs = [pair for pair in tied_pairs(self.view) if not followed.isdisjoint(pair)]
            nodes = {key for group in groups for key in group}.union(*pairs)
            groups = components(nodes, pairs)
        return groups


def _hub(key: Key, links: Sequence[PlacedLink]) -> Hub:
    sightings = []
    for placed in links:
        own, other = (placed.low, placed.high) if placed.low.key == key else (placed.high, placed.low)
        if own.set_aside == "blocked":
            return Hub(key, ())  # a placeholder is nobody's, so it says nothing of anybody
        refused = placed.refused in {"limit", "decided"}
        sightings.append(Sighting(other.key, other.profile, placed.link.first_seen, placed.link.count, refused))
    return Hub(key, tuple(sightings))


def _profile(anchor: Key, members: list[Seen], traits: list[Held], policy: Policy) -> KnownProfile:
    since = next(seen.first_seen for seen in members if seen.key == anchor)
    surname = surname_of(trait_values(survivors(traits, policy)))
    return KnownProfile(anchor, since, tuple(sorted(members)), surname)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
