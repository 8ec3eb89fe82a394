"""Requests whose events are read only when their group is committed: read together, in whichever process."""

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, Protocol, TypeVar

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
    """The requests of a group, read: of each its events, and what else was said of it.

    `told` is what the distinct events tell, but for those whose ids are `left_out`: these were read before.
    """

    requests: list[tuple[Sequence[Event], Any]]
    told: Told
    left_out: frozenset[str]


def read_together(requests: Sequence[Unread[Any]], rules: Rules, before: dict[str, bytes]) -> Read:
    """Read the requests of a group. `before` are digests of events that were read before, by id; the new ones join."""
    read = [one.read(rules.reader) for one in requests]
    events = list(chain.from_iterable(events for events, _ in read))
    left_out = frozenset({event.id for event in events} & before.keys())
    return Read(read, told_by(sift(events, before).events, rules.policy), left_out)


def pack_read(read: Read, ids: ProfileIds) -> Packed:
    """The requests of a group on their way to the process that stores them."""
    events = list(chain.from_iterable(events for events, _ in read.requests))
    ends = [0, *accumulate(len(events) for events, _ in read.requests)]
    return pack(events, read.told, ids), ends, [said for _, said in read.requests], read.left_out


def unpack_read(packed: Packed, ids: ProfileIds) -> Read:
    """The requests of a group as they were read elsewhere."""
    together, ends, said, left_out = packed
    events, told = unpack(together, ids)
    return Read(
        [(events[start:end], one) for (start, end), one in zip(pairwise(ends), said, strict=True)], told, left_out
    )
