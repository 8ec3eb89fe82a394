"""What some events tell by themselves, where nothing else is known of their identifiers. Found outside any store."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve.clusters import components
from graph_cdp.resolve.groups import Group, is_contested
from graph_cdp.resolve.ids import anchor_of
from graph_cdp.resolve.observations import Evidence, evidence_of


class Told(NamedTuple):
    """The evidence of distinct events, and what follows from it alone.

    `groups`: its clusters in which the order of links does not matter, so that each is a profile, unless one of its
    identifiers is known or becomes shared. `crowded`: the identifiers with more links than the least number above which
    any is shared.
    """

    evidence: Evidence
    groups: Columnar[Group]
    crowded: set[Key]


def told_by(events: Iterable[Event], policy: Policy) -> Told:
    """Add distinct events up, and see what they come to."""
    spans, rows, blocked = evidence_of(events)
    links = Columnar.of(Link, rows)
    ends = links.column("low"), links.column("high")
    nodes: Iterable[Key] = spans
    pairs: Iterable[Pair] = zip(*ends, strict=True)
    if blocked:
        nodes = [key for key in spans if key not in blocked]
        pairs = [pair for pair in pairs if blocked.isdisjoint(pair)]
    first_seen = {key: span.first_seen for key, span in spans.items()}
    groups = [
        Group(anchor_of(keys, first_seen, policy), tuple(keys))
        for keys in components(nodes, pairs)
        if not is_contested(keys, (), policy)
    ]
    bounds = policy.shared_above_by_name.values()
    crowded = {key for key, count in Counter(chain(*ends)).items() if count > min(bounds)} if bounds else set[Key]()
    return Told(Evidence(spans, links, blocked), Columnar.of(Group, groups), crowded)
