"""Each event id counts once: tell new events from repeated ones and from those that contradict what is known."""

from collections.abc import Iterable, MutableMapping
from itertools import islice
from typing import NamedTuple

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event


class Conflict(NamedTuple):
    """An event that is not taken, as another one has its id."""

    id: str
    digest: bytes


class Sifted(NamedTuple):
    """The events that are new, each once; how many were repeats; those whose id has other content."""

    events: Columnar[Event]
    duplicates: int
    conflicts: tuple[Conflict, ...]


def sift(events: Iterable[Event], digest_by_id: MutableMapping[str, bytes]) -> Sifted:
    """Sift events by what is known, and note the new ones there. The accepted one of an id stays."""
    columns = Columnar.of(Event, events)
    is_new, duplicates, conflicts = list[bool](), 0, list[Conflict]()
    for id_, digest in zip(columns.column("id"), columns.column("digest"), strict=True):
        known = digest_by_id.get(id_)
        is_new.append(known is None)
        if known is None:
            digest_by_id[id_] = digest
        elif known == digest:
            duplicates += 1
        else:
            conflicts.append(Conflict(id_, digest))
    return Sifted(columns.only(is_new), duplicates, tuple(conflicts))


def forget_oldest(digest_by_id: MutableMapping[str, bytes], most: int) -> None:
    """Keep the `most` ids that were noted last."""
    # Collected first: each look at the beginning of a dict steps over all that was deleted there.
    for oldest in list(islice(digest_by_id, max(0, len(digest_by_id) - most))):
        del digest_by_id[oldest]
