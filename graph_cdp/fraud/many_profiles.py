"""One device, card, address or phone among many known profiles that have no life apart from it."""

from typing import Final

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.rule import Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import Hub, View, known_at, without_own_life


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    known = known_at(hub, view.policy)
    above, percent = setting.numbers["above"], setting.numbers["alone_percent"]
    if len(known) <= above:
        return None
    alone = without_own_life(known, {hub.key}, view)
    # At a shop's till most have been seen elsewhere too; a farm's accounts have nowhere else to be.
    if len(alone) <= above or 100 * len(alone) < percent * len(known):
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(len(alone), above) * len(alone) / len(known),
        len(known),
        [
            Reason(f"{{0}} was seen with {len(known):,} known profiles.", (hub.key,)),
            Reason(f"{len(alone):,} of them have nothing of their own that was ever seen without it."),
        ],
        [
            evidence("known profiles", len(known), sorted(known)),
            evidence("profiles with nothing of their own", len(alone), [one.anchor for one in alone]),
        ],
    )


RULE: Final = Rule(
    "many_profiles",
    "one identifier among many known profiles",
    {"above": 8, "alone_percent": 50},
    _find,
    namespaces=passed_around,
)
