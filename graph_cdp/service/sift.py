"""Each event id counts once: tell new events from repeated ones and from those that contradict what is known."""

from collections.abc import Iterable, MutableMapping
from typing import NamedTuple

from graph_cdp.domain.event import Event


class Sifted(NamedTuple):
    """The events that are new, each once; how many were repeats; the ids of those whose id has other content."""

    events: list[Event]
    duplicates: int
    conflicts: tuple[str, ...]


def sift(events: Iterable[Event], digest_by_id: MutableMapping[str, bytes]) -> Sifted:
    """Sift events by what is known, and note the new ones there. The accepted one of an id stays."""
    fresh, duplicates, conflicts = list[Event](), 0, list[str]()
    for event in events:
        known = digest_by_id.get(event.id)
        if known is None:
            digest_by_id[event.id] = event.digest
            fresh.append(event)
        elif known == event.digest:
            duplicates += 1
        else:
            conflicts.append(event.id)
    return Sifted(fresh, duplicates, tuple(conflicts))
