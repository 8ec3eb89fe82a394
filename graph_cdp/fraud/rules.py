"""All rules, by what they look at."""

from collections.abc import Mapping
from typing import Any, Final

from graph_cdp.domain.policy import Policy
from graph_cdp.fraud import (
    disposable_email,
    impossible_travel,
    many_profiles,
    recycled_email,
    refusal_burst,
    ring,
    sequential_email,
    velocity,
)
from graph_cdp.fraud.groups import Group
from graph_cdp.fraud.rule import Rule
from graph_cdp.fraud.view import Hub, KnownProfile

HUB_RULES: Final[tuple[Rule[Hub], ...]] = (
    many_profiles.RULE,
    velocity.RULE,
    recycled_email.RULE,
    disposable_email.RULE,
    sequential_email.RULE,
    refusal_burst.RULE,
)
GROUP_RULES: Final[tuple[Rule[Group], ...]] = (ring.RULE,)
PROFILE_RULES: Final[tuple[Rule[KnownProfile], ...]] = (impossible_travel.RULE,)

RULES: Final[Mapping[str, Rule[Any]]] = {
    rule.name: rule for rules in (HUB_RULES, GROUP_RULES, PROFILE_RULES) for rule in rules
}
"""Every rule by its name."""


def hub_namespaces(rule: Rule[Any], policy: Policy) -> frozenset[str]:
    """The namespaces whose identifiers a rule looks at."""
    given = policy.fraud.get(rule.name)
    if given is not None and given.namespaces is not None:
        return frozenset(given.namespaces)
    return frozenset() if rule.namespaces is None else rule.namespaces(policy)
