"""From links to clusters to profiles, for any set of whole clusters: one, those touched, or the whole store."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key, SetAside
from graph_cdp.domain.link import Link, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.resolve.clusters import components
from graph_cdp.resolve.groups import is_contested, resolve
from graph_cdp.resolve.ids import anchor_of


class Placed(NamedTuple):
    """Where an identifier belongs: the anchors of its cluster and of its profile, or why it is set aside.

    The fields mean what they mean in `Seen`.
    """

    key: Key
    set_aside: SetAside | None
    cluster: Key | None
    profile: Key | None
    contested: bool = False


class Partition(NamedTuple):
    """Where each identifier belongs, and the links that were refused."""

    placed: dict[Key, Placed]
    refusals: list[Refusal]


def partition(
    first_seen: Mapping[Key, Millis], links: Collection[Link], decisions: Collection[Decision], policy: Policy
) -> Partition:
    """Part identifiers that are not set aside into clusters, and these into profiles.

    `first_seen` holds every identifier to be placed, whole clusters only; links and decisions that name others are
    left out of account. `decisions` are those standing.
    """
    links = [link for link in links if link.low in first_seen and link.high in first_seen]
    decisions = [one for one in decisions if one.low in first_seen and one.high in first_seen]
    same = [one.pair for one in decisions if one.verdict == "same"]
    parts = components(first_seen, [*((link.low, link.high) for link in links), *same])
    part_of = {key: index for index, part in enumerate(parts) for key in part}
    links_in: defaultdict[int, list[Link]] = defaultdict(list)
    for link in links:
        links_in[part_of[link.low]].append(link)
    decisions_in: defaultdict[int, list[Decision]] = defaultdict(list)
    for one in decisions:
        if part_of[one.low] == part_of[one.high]:
            decisions_in[part_of[one.low]].append(one)
    found = Partition({}, [])
    for index, part in enumerate(parts):
        cluster = anchor_of(part, first_seen, policy)
        if not is_contested(part, decisions_in[index], policy):
            found.placed.update((key, Placed(key, None, cluster, cluster)) for key in part)
            continue
        seen = {key: first_seen[key] for key in part}
        resolution = resolve(seen, links_in[index], decisions_in[index], policy)
        found.refusals.extend(resolution.refusals)
        for group in resolution.groups:
            found.placed.update((key, Placed(key, None, cluster, group.anchor, True)) for key in group.keys)
    return found
