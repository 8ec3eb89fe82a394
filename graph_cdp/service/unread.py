"""Requests whose events are read only when their group is committed: read together, in whichever process."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, Protocol, TypeVar

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event
from graph_cdp.normalise import EventReader
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds, Told, told_by
from graph_cdp.service.packed import Packed, pack, unpack
from graph_cdp.service.sift import sift

R_co = TypeVar("R_co", covariant=True)


class Unread(Protocol[R_co]):
    """The events of one request before they are read. It may be read in another process."""

    @property
    def count(self) -> int:
        """How many events it has at most."""

    @property
    def size(self) -> int:
        """How many bytes they are."""

    def read(self, reader: EventReader) -> tuple[Sequence[Event], R_co]:
        """The events, and what else is to be said of the request. Reads all or nothing, and fails for nothing in it."""


class Read(NamedTuple):
    """The requests of a group, read: all their events, where those of each end, and what else was said of each.

    `told` is what the distinct events tell, but for those whose ids are `left_out`: these were read before.
    """

    events: Columnar[Event]
    ends: Sequence[int]
    said: Sequence[Any]
    told: Told
    left_out: frozenset[str]

    @property
    def requests(self) -> Iterator[tuple[Columnar[Event], Any]]:
        """The events of each request, and what else was said of it."""
        for (start, end), said in zip(pairwise((0, *self.ends)), self.said, strict=True):
            yield self.events[start:end], said


def read_together(requests: Sequence[Unread[Any]], rules: Rules, before: dict[str, bytes]) -> Read:
    """Read the requests of a group. `before` are digests of events that were read before, by id; the new ones join."""
    read = [one.read(rules.reader) for one in requests]
    events = Columnar.of(Event, chain.from_iterable(events for events, _ in read))
    ends = [*accumulate(len(events) for events, _ in read)]
    left_out = frozenset({*events.column("id")} & before.keys())
    told = told_by(sift(events, before).events, rules.policy)
    return Read(events, ends, [said for _, said in read], told, left_out)


def pack_read(read: Read, ids: ProfileIds) -> Packed:
    """The requests of a group on their way to the process that stores them."""
    events, ends, said, told, left_out = read
    return pack(events, told, ids), ends, said, left_out


def unpack_read(packed: Packed, ids: ProfileIds) -> Read:
    """The requests of a group as they were read elsewhere."""
    together, ends, said, left_out = packed
    events, told = unpack(together, ids)
    return Read(events, ends, said, told, left_out)
