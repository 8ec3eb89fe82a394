"""Everything that is computed, from scratch: what the incremental path must agree with."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from graph_cdp.domain.decision import Decision, in_force
from graph_cdp.domain.identifier import Key, Seen, SetAside
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve.columnar import Columns, ResolvedColumns, resolve_columns, shared_identifiers
from graph_cdp.resolve.keys import Bools
from graph_cdp.resolve.observations import Evidence, Span
from graph_cdp.resolve.partition import Placed


class Computed(NamedTuple):
    """The state that evidence, decisions and a policy determine. `links` are observed, `matched` those of a model."""

    seen: dict[Key, Seen]
    links: dict[Pair, Link]
    refusals: list[Refusal]
    matched: dict[Pair, Link]

    @property
    def set_aside(self) -> dict[Key, SetAside]:
        """Why, by key, for the identifiers that join nobody."""
        return {key: one.set_aside for key, one in self.seen.items() if one.set_aside}

    def placed(self, key: Key) -> Placed:
        """Where an identifier belongs."""
        seen = self.seen[key]
        return Placed(key, *seen[4:])


def compute(
    evidence: Evidence, decisions: Iterable[Decision], policy: Policy, matched: Iterable[Link] = ()
) -> Computed:
    """Resolve a whole store. `decisions` are all of them, superseded ones too; `matched` its matched links."""
    spans, links = evidence.spans, evidence.links
    columns = Columns.of(
        policy,
        keys=pa.array(spans, pa.large_string()),
        first_seen=[span.first_seen for span in spans.values()],
        low=pa.array([link.low for link in links], pa.large_string()),
        high=pa.array([link.high for link in links], pa.large_string()),
        last_seen=[link.last_seen for link in links],
        count=[link.count for link in links],
    )
    blocked = np.fromiter((key in evidence.blocked for key in spans), np.bool_, len(spans))
    shared = shared_identifiers(columns, blocked)
    stand = in_force(decisions)
    known = [link for link in matched if link.low in spans and link.high in spans]
    found = resolve_columns(columns, blocked | shared, stand, known)
    seen = _seen(spans, blocked, shared, found)
    return Computed(
        seen,
        {link.pair: link for link in links},
        list(found.refusals),
        {link.pair: link for link in known},
    )


def _seen(spans: dict[Key, Span], blocked: Bools, shared: Bools, found: ResolvedColumns) -> dict[Key, Seen]:
    keys = list(spans)
    seen = {key: Seen(key, *span, None, None, None) for key, span in spans.items()}
    for index in np.flatnonzero(blocked | shared).tolist():
        key = keys[index]
        seen[key] = seen[key]._replace(set_aside="blocked" if blocked[index] else "shared")
    places = (column.tolist() for column in (found.cluster, found.profile, found.contested))
    for key, cluster, profile, contested in zip(keys, *places, strict=True):
        if cluster >= 0:
            seen[key] = seen[key]._replace(cluster=keys[cluster], profile=keys[profile], contested=contested)
    return seen
