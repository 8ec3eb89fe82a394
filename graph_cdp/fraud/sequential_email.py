"""Addresses that were counted up (name1@, name2@ …) in known profiles at one identifier."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.review import Finding, Reason
from graph_cdp.fraud.namespaces import passed_around
from graph_cdp.fraud.rule import Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import Hub, View, emails_of, known_at

_COUNTED = re.compile(r"(?P<before>.*?)(?P<number>[0-9]{1,9})(?P<after>[^0-9@]*@.+)")


class Counted(NamedTuple):
    """An address with a number in it: what stands around the number, and the number."""

    pattern: str
    number: int


def counted(address: str) -> Counted | None:
    """The last number in the local part of an address, None where it has none."""
    match = _COUNTED.fullmatch(address)
    return None if match is None else Counted(f"{match['before']}#{match['after']}", int(match["number"]))


def runs(anchor_by_number: Mapping[int, Key], gap: int) -> Iterator[list[Key]]:
    """The profiles of each run of numbers that follow one another by at most `gap`."""
    run: list[Key] = []
    last = None
    for number in sorted(anchor_by_number):
        if last is not None and number - last > gap:
            yield run
            run = []
        run.append(anchor_by_number[number])
        last = number
    yield run


def _find(hub: Hub, view: View, setting: Setting) -> Finding | None:
    at_least, gap = setting.numbers["at_least"], setting.numbers["gap"]
    known = known_at(hub, view.policy)
    if len(known) < at_least:
        return None
    numbered = defaultdict[str, dict[int, Key]](dict)
    for anchor in sorted(known):
        for address in emails_of(view.profiles[anchor], view.policy) if anchor in view.profiles else ():
            if (parts := counted(address)) is not None:
                numbered[parts.pattern].setdefault(parts.number, anchor)
    longest = max(
        (sorted(set(run)) for anchors in numbered.values() for run in runs(anchors, gap)),
        key=lambda run: (len(run), run),
        default=[],
    )
    if len(longest) < at_least:
        return None
    return finding(
        RULE.name,
        hub.key,
        grade(len(longest), at_least) * (0.5 + 0.5 * len(longest) / len(known)),
        len(longest),
        [Reason(f"The addresses of {len(longest):,} known profiles at {{0}} were counted up.", (hub.key,))],
        [evidence("known profiles with counted addresses", len(longest), longest)],
    )


RULE: Final = Rule(
    "sequential_email",
    "addresses that were counted up, of several known profiles at one identifier",
    {"at_least": 4, "gap": 2},
    _find,
    namespaces=passed_around,
)
