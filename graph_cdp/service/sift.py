"""Each event id counts once: tell new events from repeated ones and from those that contradict what is known."""

from collections.abc import Iterable, MutableMapping, Sequence
from itertools import islice
from typing import NamedTuple

from graph_cdp.domain.event import Event


class Conflict(NamedTuple):
    """An event that is not taken, as another one has its id."""

    id: str
    digest: bytes


class Sifted(NamedTuple):
    """The events that are new, each once; how many were repeats; those whose id has other content."""

    events: Sequence[Event]
    duplicates: int
    conflicts: tuple[Conflict, ...]


def sift(events: Iterable[Event], digest_by_id: MutableMapping[str, bytes]) -> Sifted:
    """Sift events by what is known, and note the new ones there. The accepted one of an id stays."""
    fresh, duplicates, conflicts = list[Event](), 0, list[Conflict]()
    for event in events:
        known = digest_by_id.get(event.id)
        if known is None:
            digest_by_id[event.id] = event.digest
            fresh.append(event)
        elif known == event.digest:
            duplicates += 1
        else:
            conflicts.append(Conflict(event.id, event.digest))
    return Sifted(fresh, duplicates, tuple(conflicts))


def forget_oldest(digest_by_id: MutableMapping[str, bytes], most: int) -> None:
    """Keep the `most` ids that were noted last."""
    # Collected first: each look at the beginning of a dict steps over all that was deleted there.
    for oldest in list(islice(digest_by_id, max(0, len(digest_by_id) - most))):
        del digest_by_id[oldest]
