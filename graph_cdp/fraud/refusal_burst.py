"""Many profiles refused at one identifier within hours: somebody moves from account to account, to see which opens."""

from typing import Final

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import every
from graph_cdp.fraud.rule import HOUR, Rule, Setting, evidence, finding, grade, most_within
from graph_cdp.fraud.view import Hub, View, known_at


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    at_least, hours = setting.numbers["at_least"], setting.numbers["hours"]
    refused = known_at(hub, view.policy, refused=True)
    count = most_within(refused.values(), hours * HOUR)
    if count < at_least:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(count, at_least),
        len(refused),
        [
            Reason(
                f"Links of {{0}} to {count:,} other profiles were refused, all begun within {hours:,} hours.",
                (hub.key,),
            )
        ],
        [
            evidence("profiles refused in the densest stretch", count),
            evidence("profiles refused", len(refused), sorted(refused)),
        ],
    )


RULE: Final = Rule(
    "refusal_burst",
    "many profiles refused at one identifier within hours",
    {"at_least": 5, "hours": 6},
    _find,
    namespaces=every,
)
