"""One mailbox under many known profiles: one address again and again, or its spellings with dots and plus tags."""

from collections import defaultdict
from typing import Final

from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.rule import Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import EMAIL_KINDS, Hub, View, emails_of, known_at, without_own_life
from graph_cdp.normalise.email import email


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    above = setting.numbers["above"]
    known = known_at(hub, view.policy)
    if len(known) <= above:
        return None
    if view.policy.by_name[namespace_of(hub.key)].normalise in EMAIL_KINDS:
        return _of_address(hub, known, view, above)
    spelled = defaultdict[str, dict[str, Key]](dict)
    for anchor in sorted(known):
        for address in emails_of(view.profiles[anchor], view.policy) if anchor in view.profiles else ():
            mailbox = email(address, provider_rules=True)
            if isinstance(mailbox, str):
                spelled[mailbox].setdefault(address, anchor)
    most = max(spelled.values(), key=lambda anchors: len(set(anchors.values())), default={})
    profiles = sorted(set(most.values()))
    if len(profiles) <= above or len(most) <= above:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(len(profiles), above),
        len(profiles),
        [
            Reason(
                f"{len(profiles):,} known profiles at {{0}} have one mailbox, spelled in {len(most):,} ways.",
                (hub.key,),
            )
        ],
        [evidence("known profiles with one mailbox", len(profiles), profiles)],
    )


def _of_address(hub: Hub, known: dict[Key, int], view: View, above: int) -> Finding | None:
    alone = without_own_life(known, {hub.key}, view)
    if len(alone) <= above:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(len(alone), above) * len(alone) / len(known),
        len(known),
        [
            Reason(f"The address {{0}} is that of {len(known):,} known profiles.", (hub.key,)),
            Reason(f"{len(alone):,} of them have nothing of their own that was ever seen without it."),
        ],
        [evidence("known profiles", len(known), sorted(known))],
    )


RULE: Final = Rule(
    "recycled_email",
    "one mailbox under many known profiles",
    {"above": 4},
    _find,
    namespaces=passed_around,
)
