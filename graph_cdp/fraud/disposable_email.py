"""Several known profiles at one identifier whose addresses were made to be thrown away."""

from functools import cache
from typing import Final

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.rule import Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import Hub, View, emails_of, known_at


def is_disposable(address: str, setting: Setting) -> bool:
    """Whether the domain of an address, or one above it, gives addresses to whoever asks, for minutes.

    `domains` of the policy count as well, `allowed` do not.
    """
    labels = address.rpartition("@")[2].split(".")
    domains = {".".join(labels[start:]) for start in range(len(labels) - 1)}
    if not domains.isdisjoint(setting.lists.get("allowed", ())):
        return False
    return not domains.isdisjoint(setting.lists.get("domains", ())) or not domains.isdisjoint(_listed())


@cache
def _listed() -> frozenset[str]:
    # Ten thousand names are read only where an address is looked at.
    from disposable_email_domains import blocklist  # noqa: PLC0415

    return frozenset(blocklist)


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    at_least = setting.numbers["at_least"]
    known = known_at(hub, view.policy)
    if len(known) < at_least:
        return None
    profiles = [
        anchor
        for anchor in sorted(known)
        if anchor in view.profiles
        and any(is_disposable(address, setting) for address in emails_of(view.profiles[anchor], view.policy))
    ]
    if len(profiles) < at_least:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(len(profiles), at_least) * (0.5 + 0.5 * len(profiles) / len(known)),
        len(profiles),
        [Reason(f"{len(profiles):,} of {len(known):,} known profiles at {{0}} use throw-away addresses.", (hub.key,))],
        [evidence("known profiles with throw-away addresses", len(profiles), profiles)],
    )


RULE: Final = Rule(
    "disposable_email",
    "throw-away addresses of several known profiles at one identifier",
    {"at_least": 3},
    _find,
    lists=("domains", "allowed"),
    namespaces=passed_around,
)
