"""Shared identifiers: seen with more distinct people than the policy allows, so they join nobody."""

from collections.abc import Collection, Container, Iterable, Mapping

from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.link import Pair
from graph_cdp.domain.policy import Policy


def linked_by_namespace(
    pairs: Iterable[Pair], keys: Collection[Key], blocked: Container[Key]
) -> dict[Key, dict[str, int]]:
    """For each of the keys, by namespace, how many distinct, not blocked identifiers the pairs link it to."""
    linked: dict[Key, dict[str, int]] = {key: {} for key in keys}
    for low, high in pairs:
        if low in linked and high not in blocked:
            _count(linked[low], namespace_of(high))
        if high in linked and low not in blocked:
            _count(linked[high], namespace_of(low))
    return linked


def _count(counts: dict[str, int], namespace: str) -> None:
    counts[namespace] = counts.get(namespace, 0) + 1


def is_shared(key: Key, linked: Mapping[str, int], policy: Policy) -> bool:
    """Whether an identifier is linked to too many of one stronger namespace.

    `linked` counts, by namespace, the distinct, not blocked identifiers that events named together with it.
    """
    namespace = namespace_of(key)
    bound = policy.shared_above_by_name.get(namespace)
    if bound is None:
        return False
    rank = policy.rank_by_name
    return any(count > bound and rank[name] < rank[namespace] for name, count in linked.items())
