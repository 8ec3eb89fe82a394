"""The constrained partition of identifiers into profiles: design, section 3, steps 2 to 4."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.link import Link, Pair, Reason, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.resolve.ids import anchor_of


class Group(NamedTuple):
    """The identifiers of one profile, sorted by key, and the one of them that names it."""

    anchor: Key
    keys: tuple[Key, ...]


class Resolution(NamedTuple):
    """Groups by anchor, refusals in the order in which they were met, and the links that joined, strongest first."""

    groups: tuple[Group, ...]
    refusals: tuple[Refusal, ...]
    joined: tuple[Link, ...]


def resolve(
    first_seen: Mapping[Key, Millis], links: Iterable[Link], decisions: Collection[Decision], policy: Policy
) -> Resolution:
    """Group identifiers that are not set aside, whatever the order of the links.

    `first_seen` holds every identifier to be grouped; links and decisions that name others are left out of account.
    `decisions` are those standing. Give whole clusters: one, or several at once.
    """
    within = [link for link in links if link.low in first_seen and link.high in first_seen]
    judged = [decision for decision in decisions if decision.low in first_seen and decision.high in first_seen]
    different = [decision.pair for decision in judged if decision.verdict == "different"]
    groups = _Groups(first_seen, different, policy)
    for link in (*manual_links(judged), *matched_links(within)):
        groups.add(link, limited=False)
    groups.count_each_namespace_once()
    for link in observed_links(within, policy):
        groups.add(link, limited=True)
    return groups.resolution(first_seen)


def is_contested(keys: Collection[Key], decisions: Collection[Decision], policy: Policy) -> bool:
    """Whether a limit could be exceeded or a decision stands: only then does the order of links matter."""
    if decisions:
        return True
    limits = policy.limit_by_name
    if not limits or len(keys) <= min(limits.values()):
        return False
    counts: dict[str, int] = {}
    for namespace in map(namespace_of, keys):
        if namespace in limits:
            counts[namespace] = count = counts.get(namespace, 0) + 1
            if count > limits[namespace]:
                return True
    return False


def manual_links(decisions: Iterable[Decision]) -> list[Link]:
    """The links of pairs decided same, by time of decision, then the pair."""
    same = sorted((decision.at, decision.pair, decision.by) for decision in decisions if decision.verdict == "same")
    return [Link(*pair, "manual", 1, at, at, (by,)) for at, pair, by in same]


def matched_links(links: Iterable[Link]) -> list[Link]:
    """The matched links, highest score first, then the pair."""
    return sorted(
        (link for link in links if link.kind == "matched"), key=lambda link: (-(link.score or 0.0), link.pair)
    )


def observed_links(links: Iterable[Link], policy: Policy) -> list[Link]:
    """The observed links, strongest first.

    Weaker end's rank, stronger end's rank, last_seen (newest first), count (largest first), then the pair.
    """
    rank = policy.rank_by_name

    def strength(link: Link) -> tuple[int, int, int, int, Key, Key]:
        a, b = rank[namespace_of(link.low)], rank[namespace_of(link.high)]
        return (max(a, b), min(a, b), -link.last_seen, -link.count, link.low, link.high)

    return sorted((link for link in links if link.kind == "observed"), key=strength)


class _Groups:
    """Disjoint groups under limits and pairs decided different. Mutable; lives inside one call of `resolve`."""

    def __init__(self, keys: Iterable[Key], different: Sequence[Pair], policy: Policy) -> None:
        self._policy = policy
        self._limits = policy.limit_by_name
        self._members: dict[Key, list[Key]] = {key: [key] for key in keys}
        self._root: dict[Key, Key] = {key: key for key in self._members}
        self._counts: dict[Key, Counter[str]] = {key: Counter((namespace_of(key),)) for key in self._members}
        self._opposed: dict[Key, list[Key]] = {key: [] for key in self._members}
        for low, high in different:
            self._opposed[low].append(high)
            self._opposed[high].append(low)
        self._refusals: list[Refusal] = []
        self._joined: list[Link] = []

    def add(self, link: Link, *, limited: bool) -> None:
        a, b = self._root[link.low], self._root[link.high]
        if a == b:
            return
        namespace = self._exceeded(a, b) if limited else None
        reason: Reason | None = "limit" if namespace else "decided" if self._are_opposed(a, b) else None
        if reason:
            self._refusals.append(Refusal(link.low, link.high, link.kind, reason, namespace))
            return
        self._joined.append(link)
        self._join(a, b)

    def count_each_namespace_once(self) -> None:
        """What was judged to be one person holds duplicates: they count once against their limit."""
        for counts in self._counts.values():
            for namespace in counts:
                counts[namespace] = 1

    def resolution(self, first_seen: Mapping[Key, Millis]) -> Resolution:
        groups = (
            Group(anchor_of(keys, first_seen, self._policy), tuple(sorted(keys))) for keys in self._members.values()
        )
        return Resolution(tuple(sorted(groups)), tuple(self._refusals), tuple(self._joined))

    def _exceeded(self, a: Key, b: Key) -> str | None:
        one, other = self._counts[a], self._counts[b]
        for namespace, limit in self._limits.items():
            if one[namespace] + other[namespace] > limit:
                return namespace
        return None

    def _are_opposed(self, a: Key, b: Key) -> bool:
        if len(self._opposed[a]) > len(self._opposed[b]):
            a, b = b, a
        return any(self._root[key] == b for key in self._opposed[a])

    def _join(self, a: Key, b: Key) -> None:
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        moved = self._members.pop(b)
        for key in moved:
            self._root[key] = a
        self._members[a] += moved
        self._counts[a] += self._counts.pop(b)
        self._opposed[a] += self._opposed.pop(b)
