"""Looks for signs of fraud: in the whole store, or in what a change of some profiles can have changed.

Each finding depends on a bounded neighbourhood alone. So the findings of the whole are those of its parts, page by
page, and after a change only the neighbourhoods that it reaches are looked at again.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.pages import ProfileFilter
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Finding
from graph_cdp.fraud import (
    GROUP_RULES,
    HUB_RULES,
    PROFILE_RULES,
    RULES,
    Hub,
    Rule,
    groups_of,
    hub_namespaces,
    is_small,
    known_at,
    setting_of,
)
from graph_cdp.service.fraud.looker import MOST_TIED, Looker
from graph_cdp.store.port import Reading

HUBS: Final = frozenset(rule.name for rule in HUB_RULES)
GROUPS: Final = frozenset(rule.name for rule in GROUP_RULES)
PROFILES: Final = frozenset(rule.name for rule in PROFILE_RULES)

_PAGE: Final = 500
_SEVERAL: Final = 2


class Looked(NamedTuple):
    """What rules of one kind found anew after a change: these are all their findings about any of `about`."""

    rules: frozenset[str]
    about: frozenset[Key]
    findings: list[Finding]


async def fraud_findings(tx: Reading, policy: Policy, rules: Collection[str] = RULES.keys()) -> list[Finding]:
    """All findings of some rules in a whole store, the most suspicious first.

    Memory holds the findings, and what is around one page of identifiers.
    """
    found: dict[str, Finding] = {}
    async for page in tx.scan_identifiers():
        keys = [seen.key for seen in page if seen.set_aside != "blocked" and namespace_of(seen.key) in policy.by_name]
        linked = await tx.linked_by_namespace(keys, _SEVERAL - 1)
        anchors = [seen.key for seen in page if seen.profile == seen.key and _is_known(seen.key, policy)]
        look = Looker(tx, policy)
        hubs = await look.hubs(key for key in keys if key in linked)
        groups = await look.tied(_at_small(hubs, policy)) if _set(GROUP_RULES, policy, rules) else []
        for findings in (
            await _at_hubs(look, hubs, rules),
            _of_groups(look, groups, rules),
            await _of_profiles(look, anchors, rules),
        ):
            found.update((one.name, one) for one in findings)
    return most_suspicious(found.values())


async def findings_about(
    tx: Reading, policy: Policy, profiles: Collection[str], rules: Collection[str] = RULES.keys()
) -> list[Looked]:
    """What a change of some profiles, by their ids as they were announced, can have changed, looked at anew."""
    look = Looker(tx, policy)
    touched = await _members_of(look, tx, profiles)
    sightings = [seen for hub in await look.hubs(touched) for seen in hub.sightings]
    near = await look.hubs([*touched, *(seen.key for seen in sightings)])
    # One that became shared just now is in no profile, and so among those of none that was touched.
    changed = touched.keys() | {seen.key for seen in sightings if seen.profile is None}
    at_hand = {anchor for hub in near if not _is_as_before(hub, touched, policy) for anchor in known_at(hub, policy)}
    around = {hub.key: hub for hub in [*near, *await look.surroundings(at_hand)]}
    groups = await look.tied(at_hand)
    own = {seen.profile for seen in touched.values() if seen.profile is not None and _is_known(seen.profile, policy)}
    tied = at_hand.union(changed, *groups)
    return [
        Looked(kind.intersection(rules), frozenset(about), findings)
        for kind, about, findings in (
            (HUBS, around, await _at_hubs(look, around.values(), rules)),
            (GROUPS, tied, _of_groups(look, groups, rules)),
            (PROFILES, changed, await _of_profiles(look, own, rules)),
        )
    ]


def most_suspicious(findings: Iterable[Finding]) -> list[Finding]:
    """The highest score first, then by rule and keys."""
    return sorted(findings, key=lambda one: (-one.score, one.rule, one.keys))


async def _at_hubs(look: Looker, hubs: Collection[Hub], rules: Collection[str]) -> list[Finding]:
    policy = look.view.policy
    known = (known_at(hub, policy) for hub in hubs)
    await look.lives({anchor for anchors in known if len(anchors) >= _SEVERAL for anchor in anchors})
    return [
        found
        for rule, setting in _set(HUB_RULES, policy, rules)
        for namespaces in (hub_namespaces(rule, policy),)
        for hub in hubs
        if namespace_of(hub.key) in namespaces and (found := rule.find(hub, look.view, setting)) is not None
    ]


def _of_groups(look: Looker, groups: Iterable[list[Key]], rules: Collection[str]) -> list[Finding]:
    wanted = _set(GROUP_RULES, look.view.policy, rules)
    tied = list(groups_of((group for group in groups if _SEVERAL <= len(group) <= MOST_TIED), look.view))
    found = (rule.find(group, look.view, setting) for rule, setting in wanted for group in tied)
    return [one for one in found if one is not None]


async def _of_profiles(look: Looker, anchors: Collection[Key], rules: Collection[str]) -> list[Finding]:
    wanted = _set(PROFILE_RULES, look.view.policy, rules)
    if not wanted:
        return []
    await look.places(anchors)
    profiles = await look.profiles(anchors)
    found = (rule.find(one, look.view, setting) for rule, setting in wanted for one in profiles)
    return [one for one in found if one is not None]


def _set(some: tuple[Rule[Any], ...], policy: Policy, wanted: Collection[str]) -> list[tuple[Rule[Any], Any]]:
    """Those of the rules that are wanted and not switched off, with their settings."""
    settings = ((rule, setting_of(rule, policy)) for rule in some if rule.name in wanted)
    return [(rule, setting) for rule, setting in settings if setting is not None]


def _is_known(anchor: Key, policy: Policy) -> bool:
    return namespace_of(anchor) in policy.known_namespaces


def _at_small(hubs: Iterable[Hub], policy: Policy) -> set[Key]:
    """The known profiles at identifiers that can tie them to one another."""
    several = (known for hub in hubs if is_small(hub) and len(known := known_at(hub, policy)) >= _SEVERAL)
    return {anchor for known in several for anchor in known}


def _is_as_before(hub: Hub, touched: Collection[Key], policy: Policy) -> bool:
    """Whether the change cannot have changed what an identifier says of profiles that it did not touch.

    A public place ties nobody, and was nobody's own, before as now.
    """
    others = hub._replace(sightings=tuple(one for one in hub.sightings if one.key not in touched))
    return not is_small(others) and len(known_at(others, policy)) >= _SEVERAL


async def _members_of(look: Looker, tx: Reading, profiles: Collection[str]) -> dict[Key, Seen]:
    """The identifiers of the profiles that ids lead to now."""
    found: dict[Key, Seen] = {}
    ids = sorted(profiles)
    for start in range(0, len(ids), _PAGE):
        wanted = ProfileFilter(ids=tuple(ids[start : start + _PAGE]))
        places = await tx.profile_places(wanted, (), order="id", descending=False, limit=_PAGE)
        members = await look.profiles(place.anchor for place in places)
        found.update((seen.key, seen) for one in members for seen in one.members)
    return found
