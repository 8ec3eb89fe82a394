"""Rings: small dense groups of known profiles that are joined only through identifiers which they share."""

from math import comb
from typing import Final

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.groups import Group
from graph_cdp.fraud.rule import Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import View, without_own_life

_STRANGERS_PERCENT = 75


def _find(group: Group, view: View, setting: Setting) -> Finding | None:
    at_least, most = setting.numbers["at_least"], setting.numbers["most"]
    count = len(group.profiles)
    if not at_least <= count <= most:
        return None
    density = group.ties / comb(count, 2)
    alone = without_own_life([one.anchor for one in group.profiles], group.hubs, view)
    if 100 * density < setting.numbers["density_percent"] or _is_family(group, setting):
        return None
    if 100 * len(alone) < setting.numbers["alone_percent"] * count:
        return None
    first = group.profiles[0].anchor
    return finding(
        RULE.name,
        first,
        grade(len(alone), at_least) * (0.5 + 0.5 * density),
        count,
        [
            Reason(f"{{0}} and {count - 1:,} other known profiles share {len(group.hubs):,} identifiers.", (first,)),
            Reason(f"{100 * density:.0f} % of their pairs share at least two."),
            Reason(f"{len(alone):,} of them have nothing of their own that was ever seen without these."),
        ],
        [
            evidence("known profiles", count, [one.anchor for one in group.profiles]),
            evidence("shared identifiers", len(group.hubs), group.hubs),
            evidence("pairs that share two or more", group.ties),
        ],
    )


def _is_family(group: Group, setting: Setting) -> bool:
    """Whether surnames repeat, as they do among kin and seldom among as few strangers.

    More than a family has are none, whatever they call themselves.
    """
    surnames = [one.surname for one in group.profiles if one.surname is not None]
    if len(group.profiles) > setting.numbers["family"] or 2 * len(surnames) < len(group.profiles):
        return False
    return 100 * len(set(surnames)) <= _STRANGERS_PERCENT * len(surnames)


RULE: Final = Rule(
    "ring",
    "a small dense group of known profiles joined only through shared identifiers",
    {"at_least": 4, "most": 30, "density_percent": 50, "alone_percent": 60, "family": 8},
    _find,
)
