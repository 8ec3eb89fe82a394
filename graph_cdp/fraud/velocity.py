"""Many new profiles on one identifier within an hour or a day."""

from typing import Final

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.rule import DAY, HOUR, Rule, Setting, evidence, finding, grade, most_within
from graph_cdp.fraud.view import Hub, View, known_at, without_own_life


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    known = known_at(hub, view.policy)
    an_hour, a_day = setting.numbers["within_hour"], setting.numbers["within_day"]
    if len(known) < min(an_hour, a_day):
        return None
    # New is who came to be known at this very identifier; whoever was known before only passed by.
    new = [one for one in without_own_life(known, {hub.key}, view) if abs(known[one.anchor] - one.since) <= HOUR]
    times = [one.since for one in new]
    in_hour, in_day = most_within(times, HOUR), most_within(times, DAY)
    if in_hour < an_hour and in_day < a_day:
        return None
    worst = max(("an hour", in_hour, an_hour), ("a day", in_day, a_day), key=lambda one: one[1] / one[2])
    span, count, bound = worst
    return finding(
        RULE.name,
        hub.key,
        grade(count, bound),
        len(new),
        [
            Reason(
                f"{count:,} profiles that have nothing else of their own became known at {{0}} within {span}.",
                (hub.key,),
            )
        ],
        [
            evidence("new profiles within an hour", in_hour),
            evidence("new profiles within a day", in_day),
            evidence("new profiles", len(new), [one.anchor for one in new]),
        ],
    )


RULE: Final = Rule(
    "velocity",
    "many new profiles on one identifier within an hour or a day",
    {"within_hour": 5, "within_day": 8},
    _find,
    namespaces=passed_around,
)
