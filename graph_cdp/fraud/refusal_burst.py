"""Many profiles refused at one identifier within a day: somebody tries what fits, or moves from account to account."""

from typing import Final

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.review import Finding, Reason
from graph_cdp.domain.times import Millis
from graph_cdp.fraud.namespaces import every
from graph_cdp.fraud.rule import DAY, Rule, Setting, evidence, finding, grade, most_within
from graph_cdp.fraud.view import Hub, View


def _find(hub: Hub, _view: View, setting: Setting) -> Finding | None:
    at_least = setting.numbers["within_day"]
    refused: dict[Key, Millis] = {}
    for one in hub.sightings:
        if one.refused and one.profile is not None:
            refused[one.profile] = min(one.since, refused.get(one.profile, one.since))
    count = most_within(refused.values(), DAY)
    if count < at_least:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(count, at_least),
        [Reason(f"links of {{0}} to {count:,} other profiles were refused, all begun within a day", (hub.key,))],
        [
            evidence("profiles refused within a day", count),
            evidence("profiles refused", len(refused), sorted(refused)),
        ],
    )


RULE: Final = Rule(
    "refusal_burst",
    "many profiles refused at one identifier within a day",
    {"within_day": 5},
    _find,
    namespaces=every,
)
