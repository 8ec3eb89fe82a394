"""Rows of SQLite's statements as the port's values. Pure."""

from collections.abc import Sequence
from typing import Any

import orjson

from graph_cdp.domain.identifier import Seen, Write
from graph_cdp.domain.link import Link
from graph_cdp.resolve import Held


def seen_of(row: Sequence[Any]) -> Seen:
    """A row of [key, id, first_seen, last_seen, count, set_aside, cluster, profile, contested]."""
    key, _, first_seen, last_seen, count, set_aside, cluster, profile, contested = row
    return Seen(key, first_seen, last_seen, count, set_aside, cluster, profile, bool(contested))


def link_of(row: Sequence[Any]) -> Link:
    """A row of [low, high, kind, count, first_seen, last_seen, sources, score]."""
    low, high, kind, count, first_seen, last_seen, sources, score = row
    return Link(low, high, kind, count, first_seen, last_seen, tuple(sorted(orjson.loads(sources))), score)


def held_of(row: Sequence[Any]) -> Held:
    """A row of [key, name, at, event, source, value]."""
    key, name, at, event, source, value = row
    return Held(key, name, Write(at, event, source, orjson.loads(value)))
