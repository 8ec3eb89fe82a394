"""Rows of Neo4j's statements as the port's values, and what else its graph needs to know of them. Pure."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from zlib import crc32

import orjson

from graph_cdp.domain.identifier import Key, Seen, Write
from graph_cdp.domain.link import Link
from graph_cdp.resolve import Held
from graph_cdp.store.port import StoredEvent

Row = Sequence[Any]

_LABELS = {
    "ApiKey", "AuditEntry", "BlockingKey", "Commit", "Decision", "Event", "Identifier", "Ledger", "Note", "Profile",
    "ReviewAct", "ReviewItem", "ReviewSubject", "Trait",
}  # fmt: skip


def guard_of(row: Row) -> Any:
    """The node that guards an identifier: its cluster's main profile, or itself where it is in no cluster."""
    identifier, profile, main = row[0], row[6], row[9]
    return identifier if profile is None else profile if main is None else main


@cache
def label_of(namespace: str) -> str:
    """`crm_id` is `CrmId`; one that would be a label of another kind of node gets a longer name."""
    label = "".join(part[:1].upper() + part[1:] for part in namespace.split("_"))
    return f"{label}Identifier" if label in _LABELS else label


def seen_of(row: Row) -> Seen:
    """A row of identifiers/by_key."""
    _, key, first_seen, last_seen, count, set_aside, _, profile, contested, _, cluster = row
    return Seen(key, first_seen, last_seen, count, set_aside, cluster or profile, profile, contested)


def sum_of(keys: Iterable[Key]) -> int:
    """What a profile notes of its members, so that a reader can tell whether it saw them all.

    A sum, so that members come and go without the others being read; of checksums, which are 32 bits: it stays far
    below Cypher's largest integer.
    """
    return sum(crc32(key.encode()) for key in keys)


def events_of(rows: Iterable[Row]) -> list[StoredEvent]:
    """Rows of [id, at, received_at, type, name, source, channel, body, owner]."""
    return [
        StoredEvent(id_, at, received_at, type_, name, source, channel, body.encode(), owner)
        for id_, at, received_at, type_, name, source, channel, body, owner in rows
    ]


def link_of(row: Row) -> Link:
    """A row of [low, high, kind, count, first_seen, last_seen, sources, score]."""
    low, high, kind, count, first_seen, last_seen, sources, score = row
    return Link(low, high, kind, count, first_seen, last_seen, tuple(sorted(sources)), score)


def held_of(row: Row) -> Held:
    """A row of [key, name, at, event, source, value]."""
    key, name, at, event, source, value = row
    return Held(key, name, Write(at, event, source, orjson.loads(value)))
