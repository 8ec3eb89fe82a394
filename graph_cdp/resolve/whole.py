"""Everything that is computed, from scratch: what the incremental path must agree with."""

from collections.abc import Collection, Container, Iterable
from typing import NamedTuple

from graph_cdp.domain.decision import Decision, standing
from graph_cdp.domain.identifier import Key, Seen, SetAside
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve.observations import Evidence
from graph_cdp.resolve.partition import Placed, partition
from graph_cdp.resolve.shared import could_be_shared, is_shared, linked_by_namespace


class Computed(NamedTuple):
    """The state that evidence, decisions and a policy determine."""

    seen: dict[Key, Seen]
    links: dict[Pair, Link]
    refusals: list[Refusal]

    @property
    def set_aside(self) -> dict[Key, SetAside]:
        """Why, by key, for the identifiers that join nobody."""
        return {key: one.set_aside for key, one in self.seen.items() if one.set_aside}

    def placed(self, key: Key) -> Placed:
        """Where an identifier belongs."""
        seen = self.seen[key]
        return Placed(key, *seen[4:])


def compute(evidence: Evidence, decisions: Iterable[Decision], policy: Policy) -> Computed:
    """Resolve a whole store. `decisions` are all of them, superseded ones too."""
    spans, links = evidence.spans, evidence.links
    set_aside: dict[Key, SetAside] = dict.fromkeys(evidence.blocked, "blocked")
    set_aside.update(dict.fromkeys(_shared(links, set_aside, policy), "shared"))
    first_seen = {key: span.first_seen for key, span in spans.items() if key not in set_aside}
    stand = [one for one in standing(decisions).values() if one.verdict != "unsure"]
    found = partition(first_seen, links.values(), stand, policy)
    seen: dict[Key, Seen] = {}
    for key, span in spans.items():
        place = found.placed.get(key)
        seen[key] = Seen(key, *span, set_aside.get(key), *place[2:] if place else (None, None))
    return Computed(seen, links, found.refusals)


def _shared(links: Collection[Pair], blocked: Container[Key], policy: Policy) -> list[Key]:
    candidates = [key for key in could_be_shared(links, policy) if key not in blocked]
    linked = linked_by_namespace(links, candidates, blocked)
    return [key for key in candidates if is_shared(key, linked[key], policy)]
