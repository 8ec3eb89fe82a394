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
from graph_cdp.query.fraud_view import MOST_TIED, Looker
from graph_cdp.store.port import Reading

_PAGE: Final = 500
_SEVERAL: Final = 2


class Rescan(NamedTuple):
    """What was found anew after a change: of earlier findings, those about one of `about` are to go."""

    findings: list[Finding]
    about: frozenset[Key]


class _Subjects(NamedTuple):
    """What to look at: identifiers, profiles whose groups to look at, and profiles, both by anchor."""

    hubs: Collection[Key]
    tied: Collection[Key]
    profiles: Collection[Key]


async def fraud_findings(tx: Reading, policy: Policy, rules: Collection[str] = RULES.keys()) -> list[Finding]:
    """All findings of some rules in a whole store, the most suspicious first.

    Memory holds the findings, and what is around one page of identifiers.
    """
    found: dict[str, Finding] = {}
    async for page in tx.scan_identifiers():
        keys = [seen.key for seen in page if _may_be_hub(seen, policy)]
        linked = await tx.linked_by_namespace(keys, _SEVERAL - 1)
        anchors = [seen.key for seen in page if seen.profile == seen.key and _is_known(seen.key, policy)]
        look = Looker(tx, policy)
        hubs = await look.hubs(key for key in keys if key in linked)
        subjects = _Subjects([hub.key for hub in hubs], _at_small(hubs, policy), anchors)
        found.update((one.name, one) for one in await _findings(look, subjects, rules))
    return most_suspicious(found.values())


async def findings_about(
    tx: Reading, policy: Policy, profiles: Collection[str], rules: Collection[str] = RULES.keys()
) -> Rescan:
    """What a change of some profiles, by their ids as they were announced, can have changed, looked at anew."""
    look = Looker(tx, policy)
    touched = await _members_of(look, tx, profiles)
    near = await look.hubs([*touched, *_around(await look.hubs(touched))])
    at_hand = {anchor for hub in near if not _is_as_before(hub, touched, policy) for anchor in known_at(hub, policy)}
    groups = await look.tied(at_hand)
    around = {hub.key for hub in await look.surroundings(at_hand)}
    hubs = {key for key in around.union(hub.key for hub in near) if key in look.view.hubs}
    own = {seen.profile for seen in touched.values() if seen.profile is not None and _is_known(seen.profile, policy)}
    found = await _findings(look, _Subjects(hubs, at_hand, own), rules)
    about = hubs.union(touched, at_hand, (key for group in groups for key in group))
    return Rescan(most_suspicious(found), frozenset(about))


def most_suspicious(findings: Iterable[Finding]) -> list[Finding]:
    """The highest score first, then by rule and keys."""
    return sorted(findings, key=lambda one: (-one.score, one.rule, one.keys))


async def _findings(look: Looker, subjects: _Subjects, rules: Collection[str]) -> list[Finding]:
    policy, found = look.view.policy, list[Finding | None]()
    hubs = await look.hubs(subjects.hubs)
    await look.lives(anchor for hub in hubs if len(known := known_at(hub, policy)) >= _SEVERAL for anchor in known)
    for hub_rule, setting in _set(HUB_RULES, policy, rules):
        namespaces = hub_namespaces(hub_rule, policy)
        found += [hub_rule.find(hub, look.view, setting) for hub in hubs if namespace_of(hub.key) in namespaces]
    if group_rules := _set(GROUP_RULES, policy, rules):
        tied = [group for group in await look.tied(subjects.tied) if _SEVERAL <= len(group) <= MOST_TIED]
        groups = list(groups_of(tied, look.view))
        found += [rule.find(group, look.view, setting) for rule, setting in group_rules for group in groups]
    if profile_rules := _set(PROFILE_RULES, policy, rules):
        await look.places(subjects.profiles)
        profiles = await look.profiles(subjects.profiles)
        found += [rule.find(one, look.view, setting) for rule, setting in profile_rules for one in profiles]
    return [one for one in found if one is not None]


def _set(some: tuple[Rule[Any], ...], policy: Policy, wanted: Collection[str]) -> list[tuple[Rule[Any], Any]]:
    """Those of the rules that are wanted and not switched off, with their settings."""
    settings = ((rule, setting_of(rule, policy)) for rule in some if rule.name in wanted)
    return [(rule, setting) for rule, setting in settings if setting is not None]


def _may_be_hub(seen: Seen, policy: Policy) -> bool:
    return seen.set_aside != "blocked" and namespace_of(seen.key) in policy.by_name


def _is_known(anchor: Key, policy: Policy) -> bool:
    return namespace_of(anchor) in policy.known_namespaces


def _at_small(hubs: Iterable[Hub], policy: Policy) -> set[Key]:
    """The known profiles at identifiers that can tie them to one another."""
    several = (known for hub in hubs if is_small(hub) and len(known := known_at(hub, policy)) >= _SEVERAL)
    return {anchor for known in several for anchor in known}


def _around(hubs: Iterable[Hub]) -> set[Key]:
    return {seen.key for hub in hubs for seen in hub.sightings}


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
