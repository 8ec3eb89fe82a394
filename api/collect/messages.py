"""From messages, as Segment's libraries send them, to events. Pure: clock and sender's address are passed in."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from api.collect.parsing import parsed
from api.failures import TooLargeError
from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.times import Millis, iso
from graph_cdp.errors import GraphCdpError, InputError
from graph_cdp.normalise import EventReader
from graph_cdp.service.sift import Conflict

EVENT_BYTES: Final = 32 * 1024
"""The largest event, as JSON."""

BATCH_BYTES: Final = 500 * 1024
"""The largest batch, as JSON."""

BATCH_EVENTS: Final = 2_500
"""The most events of a batch."""

_BETWEEN: Final = re.compile(rb"\}\s*,\s*\{")
_OF_THE_TRANSPORT = ("writeKey", "_metadata")
_OF_ALL = ("context", "integrations")
_CONFLICT = "its id is stored with other content, which stays"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the messages of one request have in common: when they came, and what the path and the batch say for all."""

    at: Millis
    type: str | None = None
    sent_at: object = None
    common: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def stamped(self, message: object) -> object:
        """Give a message as an event that was just received.

        The time of receipt is the server's. What belongs to the transport and differs when a message is sent again
        is left out, and the sender's address is not put in: a phone tries again from another network. A message
        without id and time happened now, and is another one each time it comes.
        """
        if not isinstance(message, dict):
            return message
        event = {**message, "receivedAt": iso(self.at)}
        for key in _OF_THE_TRANSPORT:
            event.pop(key, None)
        if self.type is not None:
            event["type"] = self.type
        if event.get("timestamp") is None and event.get("at") is None:
            if event.get("originalTimestamp") is not None:
                event["timestamp"] = event["originalTimestamp"]
            elif not event.get("messageId"):
                event["timestamp"] = event["sentAt"] = event["receivedAt"]
        if event.get("sentAt") is None and self.sent_at is not None:
            event["sentAt"] = self.sent_at
        for key, common in self.common.items():
            event[key] = _over(event.get(key), common)
        return event


def _over(own: object, common: Mapping[str, object]) -> object:
    """The fields of a message over those of all; what is no object is left for the reader to refuse."""
    if own is None:
        return dict(common)
    return {**common, **own} if isinstance(own, dict) else own


class Refused(NamedTuple):
    """A message that was not taken: its place in the batch, its id if it has one, the key that is wrong, and why."""

    place: int
    message_id: str | None
    path: str
    reason: str

    @property
    def shown(self) -> dict[str, object]:
        """The refusal in the words of the API."""
        return {"index": self.place, "messageId": self.message_id, "path": self.path, "reason": self.reason}


class Taken(NamedTuple):
    """What became of the messages of a request: the places in it of those that are events, and those refused.

    `error`: why it has none.
    """

    places: list[int]
    refused: list[Refused]
    error: GraphCdpError | None = None


def messages_of(payload: Mapping[str, object]) -> list[object]:
    """The messages of a batch. Raises InputError where it has none to read, TooLargeError where it has too many."""
    batch = payload.get("batch")
    if not isinstance(batch, list):
        raise InputError("The body must have a list of events under `batch`.")
    if len(batch) > BATCH_EVENTS:
        raise TooLargeError(f"The batch has more than {BATCH_EVENTS:,} events.")
    return batch


def common_of(payload: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """What a batch says for all its messages. Raises InputError where it cannot be read: it may hold their consent."""
    common = dict[str, Mapping[str, object]]()
    for key in _OF_ALL:
        said = payload.get(key)
        if isinstance(said, dict):
            common[key] = said
        elif said is not None:
            raise InputError(f"`{key}` of the batch must be an object.")
    return common


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of a request that came `at` a time from a source, not even parsed yet. `type` None: a batch."""

    body: bytes
    at: Millis
    source: str
    type: str | None = None

    @property
    def count(self) -> int:
        """How many they are at most, and often just as many: whatever is parted as objects of a list are."""
        return min(BATCH_EVENTS, 1 + len(_BETWEEN.findall(self.body)))

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return len(self.body)

    def read(self, reader: EventReader) -> tuple[list[Event], Taken]:
        """Read the messages as events; each is taken or refused by itself."""
        try:
            messages, arrival = self._parsed()
        except GraphCdpError as error:
            return [], Taken([], [], error)
        events, taken = list[Event](), Taken([], [])
        for place, message in enumerate(messages):
            event = reader.read(arrival.stamped(message), source=self.source, now=self.at)
            if isinstance(event, Event) and len(event.body) > EVENT_BYTES:
                event = RefusedEvent("event", f"is larger than {EVENT_BYTES:,} bytes")
            if isinstance(event, Event):
                events.append(event)
                taken.places.append(place)
            else:
                taken.refused.append(Refused(place, _id_of(message), *event))
        return events, taken

    def _parsed(self) -> tuple[Sequence[object], Arrival]:
        payload = parsed(self.body)
        if self.type is not None:
            return [payload], Arrival(self.at, self.type)
        messages = messages_of(payload)
        return messages, Arrival(self.at, None, payload.get("sentAt"), common_of(payload))


def conflicting(events: Iterable[Event], taken: Taken, conflicts: Collection[Conflict]) -> list[Refused]:
    """The events whose ids were taken by others, as refused."""
    if not conflicts:
        return []
    return [
        Refused(place, event.id, "messageId", _CONFLICT)
        for place, event in zip(taken.places, events, strict=True)
        if (event.id, event.digest) in conflicts
    ]


def _id_of(message: object) -> str | None:
    given = message.get("messageId") if isinstance(message, dict) else None
    return given if isinstance(given, str) and len(given) <= 1000 else None
