"""Which pairs may be one person's, or one profile two persons': findings from links, refusals and limits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import log2
from typing import Final, NamedTuple, TypeAlias

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, LinkKind, Pair, Refusal, pair_of
from graph_cdp.domain.matching import Candidate
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Evidence, Finding, Item, Reason
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import ProfileIds

RULES: Final = ("pulled", "near_limit", "matched")
"""The rules of this module."""

STAKE: Final = "identifiers at stake"
"""The evidence that says how many identifiers a judgement would move, or concern."""

Held: TypeAlias = Mapping[tuple[Key, str], Collection[tuple[Millis, Key]]]
"""First_seen and key of the identifiers that a profile, by its anchor, holds of a namespace."""

_PULLED_AT_LEAST = 2
_NEAR_LIMIT_SCORE = 0.2
_SHOWN = 10
_REASONS = 3


class World(NamedTuple):
    """What findings are made of: of the whole store, or of some profiles with all refusals and candidates there.

    `links` holds those that were refused, `profile` the anchor for both ends of each refusal and candidate, `size` how
    many identifiers a profile holds. `settled`: see `settled_pairs`.
    """

    refusals: Collection[Refusal]
    candidates: Collection[Candidate]
    links: Mapping[tuple[Pair, LinkKind], Link]
    profile: Mapping[Key, Key]
    size: Mapping[Key, int]
    held: Held
    settled: Collection[Pair]


def findings_of(world: World, policy: Policy) -> list[Finding]:
    """The findings of `RULES`, whatever the order of what they are made of."""
    found = (*_pulled(world, policy), *_near_limit(world, policy), *_matched(world))
    return sorted(one for one in found if one.keys not in world.settled)


def settled_pairs(decisions: Iterable[Decision], profile: Mapping[Key, Key]) -> set[Pair]:
    """The pairs that need no other judgement: those on which a decision says something, and profiles that one parts.

    `decisions` are those in force; profiles are named by their anchors.
    """
    settled = set[Pair]()
    for one in decisions:
        settled.add(one.pair)
        low, high = (profile.get(key) for key in one.pair)
        if one.verdict == "different" and low is not None and high is not None and low != high:
            settled.add(pair_of(low, high))
    return settled


def gain_of(finding: Finding) -> float:
    """How much a judgement is expected to put right: the score, times the doublings of what is at stake.

    The logarithm keeps one huge profile from pushing all others to the end. Rounded, so that it is the same number
    wherever it is written down.
    """
    stake = sum(one.figure for one in finding.evidence if one.what == STAKE)
    return round(finding.score * log2(1 + max(stake, 1)), 6)


def item_of(finding: Finding, ids: ProfileIds) -> Item:
    """A finding as nobody acted on it yet. Its id is a keyed hash of what finding it is: the same each time."""
    return Item("rev_" + ids.of(finding.name).removeprefix("pro_"), finding, gain_of(finding))


def _pulled(world: World, policy: Policy) -> Iterator[Finding]:
    """Pairs of profiles between which events keep pulling: a link that a limit refused came back at least once.

    The score of n events that named both ends of the strongest such link is n / (n + 1).
    """
    between: defaultdict[Pair, set[Link]] = defaultdict(set)
    namespaces: defaultdict[Pair, set[str]] = defaultdict(set)
    for refusal in world.refusals:
        profiles = [world.profile.get(key) for key in refusal.pair]
        link = world.links.get((refusal.pair, refusal.kind))
        low, high = profiles
        if refusal.namespace is None or link is None or low is None or high is None or low == high:
            continue
        between[pair_of(low, high)].add(link)
        namespaces[pair_of(low, high)].add(refusal.namespace)
    for pair, links in between.items():
        events = max(link.count for link in links)
        if events < _PULLED_AT_LEAST:
            continue
        strongest = sorted(links, key=lambda link: (-link.count, link.pair, link.kind))
        limits = ", ".join(
            f"{policy.limit_by_name[name]} {name}" for name in sorted(namespaces[pair]) if name in policy.limit_by_name
        )
        yield Finding(
            "duplicate",
            "pulled",
            pair,
            round(events / (events + 1), 6),
            (
                Reason(f"{{0}} and {{1}} are in two profiles, as one may hold {limits}; events join them.", pair),
                *(_named_together(link) for link in strongest[:_REASONS]),
            ),
            (
                Evidence(STAKE, min(world.size[anchor] for anchor in pair), pair),
                *(Evidence("events that named both", link.count, link.pair) for link in strongest[:_SHOWN]),
            ),
        )


def _matched(world: World) -> Iterator[Finding]:
    """Pairs of records that resemble each other, and are in two profiles: not enough to be joined, or kept apart."""
    for one in world.candidates:
        low, high = (world.profile.get(key) for key in one.pair)
        if low is None or high is None or low == high:
            continue
        yield Finding(
            "duplicate",
            "matched",
            one.pair,
            round(one.score, 6),
            (Reason("The records of {0} and {1} resemble each other.", one.pair),),
            (
                Evidence(STAKE, min(world.size[low], world.size[high]), one.pair),
                Evidence("weight in bits", round(one.weight, 3), one.pair),
            ),
        )


def _named_together(link: Link) -> Reason:
    times = "once" if link.count == 1 else f"{link.count:,} times"
    return Reason(f"{{0}} was named together with {{1}} {times}.", link.pair)


def _near_limit(world: World, policy: Policy) -> Iterator[Finding]:
    """Profiles that hold as many identifiers of a namespace as the policy lets, where that is more than one.

    The pair is the first and the last of them that was seen. Nothing tells yet whether they are one person's: the score
    is the same for all, below that of what events speak for.
    """
    limits = policy.limit_by_name
    for (anchor, namespace), members in world.held.items():
        limit = limits.get(namespace, 1)
        if limit < 2 or len(members) < limit:
            continue
        in_order = [key for _, key in sorted(members)]
        yield Finding(
            "duplicate",
            "near_limit",
            pair_of(in_order[0], in_order[-1]),
            _NEAR_LIMIT_SCORE,
            (
                Reason(
                    f"{{0}} is the last of {len(in_order)} {namespace}; a profile may hold {limit}.", (in_order[-1],)
                ),
            ),
            (
                Evidence(STAKE, world.size[anchor], (anchor,)),
                *(Evidence(f"number of its {namespace}", place, (key,)) for place, key in _numbered(in_order)),
            ),
        )


def _numbered(keys: Sequence[Key]) -> Iterable[tuple[int, Key]]:
    return enumerate(keys[:_SHOWN], 1)
