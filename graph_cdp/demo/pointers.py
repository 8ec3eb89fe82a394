"""Which of the made-up persons show best what resolution does."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TypeAlias

from graph_cdp.demo.population import Population
from graph_cdp.demo.score import score
from graph_cdp.demo.truth import Truth
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.link import Pair, pair_of

Neighbours: TypeAlias = Mapping[Key, frozenset[Key]]

# No policy that makes sense allows less.
_LIMITS = {"crm_id": 1, "user_id": 1, "loyalty_id": 1, "email": 2, "hashed_email": 2, "phone": 2}


def neighbours(together: Iterable[frozenset[Key]]) -> Neighbours:
    """The identifiers that were named with each identifier."""
    found: dict[Key, set[Key]] = defaultdict(set)
    for keys in together:
        for key in keys:
            found[key] |= keys
    return {key: frozenset(keys - {key}) for key, keys in found.items()}


def showcase(truth_by_source: Mapping[str, Truth], near: Neighbours) -> tuple[Key, Pair]:
    """An e-mail address of a person known to the most sources, and the two of theirs that are most links apart.

    Only persons whose identifiers are all linked, to one another and to nothing else, and few enough of each
    namespace, so that every policy that makes sense finds them whole.
    """
    keys_by_person: dict[str, set[Key]] = defaultdict(set)
    sources_by_person: dict[str, set[str]] = defaultdict(set)
    for source, truth in truth_by_source.items():
        for key, persons in truth.owners.items():
            for person in persons:
                keys_by_person[person].add(key)
                sources_by_person[person].add(source)
    best = max(
        (len(sources_by_person[person]), *_farthest(keys, near))
        for person, keys in keys_by_person.items()
        if _is_plain(keys, near)
    )
    _, _, low, high = best
    reached = _hops_from(low, near)
    return min(key for key in reached if namespace_of(key) == "email"), pair_of(low, high)


def recall_ceiling(truth: Truth, near: Neighbours) -> float:
    """The share of the true pairs that some chain of a person's own identifiers connects: the rest is guessing."""
    keys_by_person: dict[str, set[Key]] = defaultdict(set)
    for key, persons in truth.owners.items():
        for person in persons:
            keys_by_person[person].add(key)
    islands = [island for keys in keys_by_person.values() for island in _islands(keys, near)]
    return score(islands, truth.sole_owners()).recall


def kept_apart(population: Population, truth: Truth, near: Neighbours) -> Pair:
    """The CRM ids of two persons who write one e-mail address, the CRM naming it for both."""
    households = defaultdict(list)
    for person in population.persons:
        households[person.household].append(person)
    for members in households.values():
        for one, other in combinations(members, 2):
            if one.email != other.email or not (one.crm_ids and other.crm_ids):
                continue
            a, b = f"crm_id:{one.crm_ids[0]}", f"crm_id:{other.crm_ids[0]}"
            address = f"email:{one.email.values[0]}"
            if address in near[a] & near[b] and len(truth.owners[address]) == 2:
                return pair_of(a, b)
    raise AssertionError("every population of the least size has a family with one address in the CRM")


def _is_plain(keys: set[Key], near: Neighbours) -> bool:
    number = Counter(namespace_of(key) for key in keys)
    few = all(number[namespace] <= limit for namespace, limit in _LIMITS.items())
    return few and number["email"] > 0 and _hops_from(min(keys), near).keys() == keys


def _farthest(keys: set[Key], near: Neighbours) -> tuple[int, Key, Key]:
    """How many links the two farthest keys are apart, and which they are."""
    return max((hops, key, other) for key in keys for other, hops in _hops_from(key, near).items())


def _hops_from(start: Key, near: Neighbours) -> dict[Key, int]:
    """The number of links on the shortest way to every identifier that can be reached."""
    hops, frontier = {start: 0}, [start]
    for key in frontier:
        for other in near[key]:
            if other not in hops:
                hops[other] = hops[key] + 1
                frontier.append(other)
    return hops


def _islands(keys: set[Key], near: Neighbours) -> list[set[Key]]:
    """The parts that keys fall into when only they are walked over."""
    among = {key: near[key] & keys for key in keys}
    islands: list[set[Key]] = []
    left = set(keys)
    while left:
        islands.append(set(_hops_from(left.pop(), among)))
        left -= islands[-1]
    return islands
