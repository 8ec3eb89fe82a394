"""Rows of Neo4j's statements as the port's values, and what else its graph needs to know of them. Pure."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson

from graph_cdp.domain.identifier import Write
from graph_cdp.domain.link import Link
from graph_cdp.resolve import Held
from graph_cdp.store.port import StoredEvent

Row = Sequence[Any]

_LABELS = {"Identifier", "Profile", "Event", "Trait", "Decision", "Note"}


def guard_of(row: Row) -> Any:
    """The node that guards an identifier: its cluster's main profile, or itself where it is in no cluster."""
    identifier, profile, main = row[0], row[6], row[9]
    return identifier if profile is None else profile if main is None else main


@cache
def label_of(namespace: str) -> str:
    """`crm_id` is `CrmId`; one that would be a label of another kind of node gets a longer name."""
    label = "".join(part[:1].upper() + part[1:] for part in namespace.split("_"))
    return f"{label}Identifier" if label in _LABELS else label


def events_of(rows: Iterable[Row]) -> list[StoredEvent]:
    """Rows of [id, at, received_at, type, name, source, body, owner]."""
    return [
        StoredEvent(id_, at, received_at, type_, name, source, body.encode(), owner)
        for id_, at, received_at, type_, name, source, body, owner in rows
    ]


def link_of(row: Row) -> Link:
    """A row of [low, high, kind, count, first_seen, last_seen, sources, score]."""
    low, high, kind, count, first_seen, last_seen, sources, score = row
    return Link(low, high, kind, count, first_seen, last_seen, tuple(sorted(sources)), score)


def held_of(row: Row) -> Held:
    """A row of [key, name, at, event, source, value]."""
    key, name, at, event, source, value = row
    return Held(key, name, Write(at, event, source, orjson.loads(value)))
