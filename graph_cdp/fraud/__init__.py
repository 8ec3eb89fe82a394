"""Signs of fraud in the graph: named rules, each with its reasons. Pure: no I/O, no clock, no randomness."""

from graph_cdp.fraud.groups import Group, groups_of, is_small, tied_pairs
from graph_cdp.fraud.impossible_travel import place_of
from graph_cdp.fraud.rule import Rule, Setting, setting_of
from graph_cdp.fraud.rules import GROUP_RULES, HUB_RULES, PROFILE_RULES, RULES, hub_namespaces
from graph_cdp.fraud.view import Hub, KnownProfile, Place, Sighting, View, known_at, surname_of

__all__ = [
    "GROUP_RULES",
    "HUB_RULES",
    "PROFILE_RULES",
    "RULES",
    "Group",
    "Hub",
    "KnownProfile",
    "Place",
    "Rule",
    "Setting",
    "Sighting",
    "View",
    "groups_of",
    "hub_namespaces",
    "is_small",
    "known_at",
    "place_of",
    "setting_of",
    "surname_of",
    "tied_pairs",
]
