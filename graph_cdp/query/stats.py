"""How large a store is, how its identifiers group, what was refused, and signs of health that need no truth."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Reading, Sizes, StoredEvent

GIVEN_NAMES: Final = ("first_name", "firstName", "given_name", "givenName")
"""What traits with a given name are called."""

BIRTH_DATES: Final = ("birth_date", "birthDate", "birthday", "date_of_birth", "dateOfBirth", "dob")
"""What traits with a date of birth are called."""

NAMES_ALLOWED: Final = 3
"""More distinct given names than this at one identifier are suspicious: typos and nicknames make two or three."""

_BUCKETS: Final = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, None))
_TELLING: Final = re.compile(b'"(?:' + "|".join((*GIVEN_NAMES, *BIRTH_DATES)).encode() + b')"')
_CHUNK: Final = 2_000


class Bucket(NamedTuple):
    """How many clusters or profiles have `least` to `most` identifiers; `most` None is no bound."""

    least: int
    most: int | None
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here


class NamespaceCount(NamedTuple):
    """The identifiers of a namespace, and how many of them are set aside."""

    namespace: str
    identifiers: int
    blocked: int
    shared: int


class ClusterSize(NamedTuple):
    """A cluster by its anchor, with the identifiers and the profiles in it."""

    anchor: Key
    identifiers: int
    profiles: int


class SharedIdentifier(NamedTuple):
    """A shared identifier, with the distinct identifiers that events named together with it, by namespace."""

    identifier: Key
    linked: dict[str, int]


class Sign(NamedTuple):
    """A sign of health: `count` of `total`, and what a large share may mean."""

    name: str
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    total: int
    meaning: str

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where there is nothing to count."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Stats:
    """What a store holds. Lists are the largest first; `refusals` counts by reason and namespace."""

    sizes: Sizes
    namespaces: tuple[NamespaceCount, ...]
    cluster_sizes: tuple[Bucket, ...]
    profile_sizes: tuple[Bucket, ...]
    refusals: tuple[tuple[str, str | None, int], ...]
    largest_clusters: tuple[ClusterSize, ...]
    largest_profiles: tuple[tuple[str, int], ...]
    shared: tuple[SharedIdentifier, ...]
    signs: tuple[Sign, ...]


async def stats(tx: Reading, ids: ProfileIds, rules: Rules, largest: int = 10) -> Stats:
    """Look at a whole store. Memory holds a number for each profile, and a few names for each identifier with any."""
    policy = rules.policy
    groups = await _groups(tx, policy)
    refusals: Counter[tuple[str, str | None]] = Counter()
    async for page in tx.scan_refusals():
        refusals.update((one.reason, one.namespace) for one in page)
    said = await _said(tx, rules)
    by_size = groups.cluster_sizes.most_common(largest)
    return Stats(
        sizes=await tx.sizes(),
        namespaces=_namespaces(groups, policy),
        cluster_sizes=_buckets(groups.cluster_sizes.values()),
        profile_sizes=_buckets(groups.profile_sizes.values()),
        refusals=tuple(sorted(((*key, count) for key, count in refusals.items()), key=lambda one: (-one[2], str(one)))),
        largest_clusters=tuple(ClusterSize(key, size, groups.profiles_in[key]) for key, size in by_size),
        largest_profiles=tuple((ids.of(key), size) for key, size in groups.profile_sizes.most_common(largest)),
        shared=await _most_linked(tx, groups.shared, largest),
        signs=_signs(groups, said),
    )


@dataclass(slots=True)
class _Groups:
    """Counts of one pass over all identifiers, clusters and profiles by their anchors."""

    by_namespace: Counter[str] = field(default_factory=Counter)
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    shared: list[Key] = field(default_factory=list)
    cluster_sizes: Counter[Key] = field(default_factory=Counter)
    profile_sizes: Counter[Key] = field(default_factory=Counter)
    profiles_in: Counter[Key] = field(default_factory=Counter)
    at_limit: set[Key] = field(default_factory=set)


async def _groups(tx: Reading, policy: Policy) -> _Groups:
    found = _Groups()
    # With a limit of one nearly every profile is at it, and that means nothing.
    limits = {name: limit for name, limit in policy.limit_by_name.items() if limit > 1}
    limited: Counter[tuple[Key, str]] = Counter()
    async for page in tx.scan_identifiers():
        for seen in page:
            namespace = namespace_of(seen.key)
            found.by_namespace[namespace] += 1
            if seen.set_aside is not None:
                found.aside[namespace, seen.set_aside] += 1
                if seen.set_aside == "shared":
                    found.shared.append(seen.key)
            elif seen.cluster is not None and seen.profile is not None:
                found.cluster_sizes[seen.cluster] += 1
                found.profile_sizes[seen.profile] += 1
                found.profiles_in[seen.cluster] += seen.key == seen.profile
                if namespace in limits:
                    limited[seen.profile, namespace] += 1
    found.at_limit = {profile for (profile, namespace), count in limited.items() if count >= limits[namespace]}
    return found


class _Said(NamedTuple):
    """Given names by the identifiers that were named with them, at most one more than allowed; births by profile."""

    names: dict[Key, set[str]]
    births: dict[Key, set[str]]


async def _said(tx: Reading, rules: Rules) -> _Said:
    said = _Said(defaultdict(set), defaultdict(set))
    async for page in tx.scan_events():
        # Most events tell neither, and reading them all would take most of the time.
        events = [_event(one, rules) for one in page if _TELLING.search(one.body)]
        known = await tx.identifiers({key for event in events for key in event.keys})
        for event in events:
            for name in _texts(event.traits, GIVEN_NAMES):
                for key in event.keys:
                    if not known[key].set_aside and len(said.names[key]) <= NAMES_ALLOWED:
                        said.names[key].add(name)
            profile = next((known[key].profile for key in event.keys if not known[key].set_aside), None)
            if profile is not None:
                said.births[profile].update(_texts(event.traits, BIRTH_DATES))
    return said


def _event(one: StoredEvent, rules: Rules) -> Event:
    return rules.reader.reread(one.body, id=one.id, at=one.at, received_at=one.received_at)


def _texts(traits: Mapping[str, object], names: Iterable[str]) -> Iterator[str]:
    """The values of those traits that are told, without case and outer space."""
    for name in names:
        value = traits.get(name)
        if isinstance(value, str) and (text := value.strip().casefold()):
            yield text


def _namespaces(groups: _Groups, policy: Policy) -> tuple[NamespaceCount, ...]:
    """In the policy's order."""
    return tuple(
        NamespaceCount(name, groups.by_namespace[name], groups.aside[name, "blocked"], groups.aside[name, "shared"])
        for name in policy.by_name
        if name in groups.by_namespace
    )


def _buckets(sizes: Iterable[int]) -> tuple[Bucket, ...]:
    count_by_size = Counter(sizes)
    return tuple(
        Bucket(least, most, sum(n for size, n in count_by_size.items() if least <= size and (not most or size <= most)))
        for least, most in _BUCKETS
    )


async def _most_linked(tx: Reading, shared: Iterable[Key], largest: int) -> tuple[SharedIdentifier, ...]:
    found: list[SharedIdentifier] = []
    remaining = iter(shared)
    while chunk := list(islice(remaining, _CHUNK)):
        linked = await tx.linked_by_namespace(chunk)
        found += [SharedIdentifier(key, dict(sorted(linked.get(key, {}).items()))) for key in chunk]
        found = sorted(found, key=lambda one: (-sum(one.linked.values()), one.identifier))[:largest]
    return tuple(found)


def _signs(groups: _Groups, said: _Said) -> tuple[Sign, ...]:
    profiles, clusters = len(groups.profile_sizes), len(groups.cluster_sizes)
    told = [names for names in said.names.values() if names]
    born = [births for births in said.births.values() if births]
    return (
        Sign(
            f"identifiers named with more than {NAMES_ALLOWED} given names",
            sum(len(names) > NAMES_ALLOWED for names in told),
            len(told),
            "several people use them: lower shared_above of their namespace",
        ),
        Sign(
            "profiles with more than one date of birth",
            sum(len(births) > 1 for births in born),
            len(born),
            "typos, or two people in one profile: lower limits, or decide different",
        ),
        Sign(
            "profiles at a limit of more than one",
            len(groups.at_limit),
            profiles,
            "the limit does work; look whether it parts one person or keeps two apart",
        ),
        Sign(
            "clusters that hold several profiles",
            sum(count > 1 for count in groups.profiles_in.values()),
            clusters,
            "limits and decisions keep parts of them apart: see the refusals",
        ),
        Sign(
            "profiles of one identifier",
            sum(size == 1 for size in groups.profile_sizes.values()),
            profiles,
            "events that name one identifier alone join nobody: do the sources send all they know?",
        ),
        Sign(
            "identifiers that are set aside",
            sum(groups.aside.values()),
            sum(groups.by_namespace.values()),
            "placeholders and shared devices; a large share of one namespace tells of a broken source",
        ),
    )
