"""Reading events: Segment-shaped JSON in, accepted events or the reason why not out. Pure: the clock is passed in."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import TypeAlias

import orjson

from graph_cdp.domain.event import Event, Issue, RefusedEvent
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis, iso, parse_time
from graph_cdp.normalise.event_body import event_body, is_fit, json_of
from graph_cdp.normalise.event_identifiers import MAX_IDENTIFIERS, MAX_LENGTH, Collector, Given
from graph_cdp.normalise.event_times import event_times
from graph_cdp.normalise.identifiers import Identifiers, Named

MAX_TRAITS = 200
"""The most traits that one event may report."""

MAX_TRAIT_NAME = 200
"""The most characters of a trait's name."""

ACCOUNT = "account"
"""The trait that holds the id of the account, which events of type `group` give."""

_DIGEST_BYTES = 16
_NAME_KEY_BY_TYPE = {"track": "event", "page": "name", "screen": "name"}
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


# Plain tuples: these are made for every event, and a named one takes four times as long.
_Heading: TypeAlias = tuple[str | None, str, str | None, str, str | None]
"""Id, type, name, source, channel."""

_Said: TypeAlias = tuple[_Heading, dict[str, object], list[Given]]
"""What an event says besides its times, before its identifiers are normalised: heading, traits, identifiers."""


class EventReader:
    """Reads events with one policy. The same content gives the same event, whenever and however often it is read."""

    def __init__(self, policy: Policy) -> None:
        self._identifiers = Identifiers(policy)
        self._collector = Collector(policy)

    def read(self, raw: object, *, source: str, now: Millis) -> Event | RefusedEvent:
        """Read an event as sent; `source` is the one to take where it names none, `now` the time of reading.

        An event without `messageId` gets an id made from its content. One whose identifiers are all unreadable is
        accepted, with no keys; one that names none at all is refused.
        """
        if not isinstance(raw, dict):
            return RefusedEvent("event", "must be a JSON object")
        times = event_times(raw, now)
        if isinstance(times, RefusedEvent):
            return times
        said = self._said(raw, source)
        if isinstance(said, RefusedEvent):
            return said
        (id_, _, _, given_source, _), _, given = said
        if refused := _refused(given):
            return refused
        body = event_body(raw, given_source)
        if isinstance(body, RefusedEvent):
            return body
        digest = _digest(body)
        return self._event(id_ or f"evt_{digest.hex()}", times, said, body, digest)

    def reread(self, body: bytes, *, id: str, at: Millis, received_at: Millis) -> Event:  # noqa: A002
        """Give an accepted event again from its stored form, as this reader's policy sees it.

        What another policy accepted is not refused: a field that this policy collects and that holds no string is
        an issue. Raises ValueError where `body` is not one that `read` gave.
        """
        said = self._said(orjson.loads(body), "")
        if isinstance(said, RefusedEvent):
            raise ValueError(f"The stored event cannot be read: {said.path} {said.reason}.")  # noqa: TRY004
        return self._event(id, (at, received_at), said, body, _digest(body))

    def _said(self, raw: Mapping[str, object], source: str) -> _Said | RefusedEvent:
        heading = _heading(raw, source)
        if isinstance(heading, RefusedEvent):
            return heading
        group = heading[1] == "group"
        traits = _traits(raw, group=group)
        if isinstance(traits, RefusedEvent):
            return traits
        given = self._collector.given(raw, group=group)
        if isinstance(given, RefusedEvent):
            return given
        return heading, traits, given

    def _event(self, id_: str, times: tuple[Millis, Millis], said: _Said, body: bytes, digest: bytes) -> Event:
        heading, traits, given = said
        identify, named, issues = self._identifiers.identify, list[Named](), list[Issue]()
        for _, namespace, value in given:
            if isinstance(value, str):
                reading = identify(namespace, value)
            else:
                reading = Issue(namespace, "invalid_value", "is not a string")
            if isinstance(reading, Issue):
                issues.append(reading)
            else:
                named.append(reading)
        # Lists and places, not generators and names: this runs for every event.
        named.sort()
        keys = tuple([key for _, key, _ in named])
        blocked = tuple([key for _, key, is_blocked in named if is_blocked])
        if len(set(keys)) < len(keys):
            # One of two values with the same key may be a placeholder.
            keys, blocked = tuple(dict.fromkeys(keys)), tuple(dict.fromkeys(blocked))
        _, type_, name, source, channel = heading
        stored = _as_stored(traits)
        return Event(id_, type_, name, *times, source, channel, keys, blocked, stored, tuple(issues), body, digest)


def exported(event: Event) -> dict[str, object]:
    """Give an event as JSON that reads again as an event with the same id, time, content and digest.

    It is what its source said, with `messageId` and `receivedAt`; with a `sentAt` where the source's clock was wrong.
    """
    content: dict[str, object] = orjson.loads(event.body)
    content["messageId"] = event.id
    content["receivedAt"] = iso(event.received_at)
    timestamp = content.get("timestamp")
    if isinstance(timestamp, str):
        by_its_clock = parse_time(timestamp)
        if by_its_clock != event.at:
            content["sentAt"] = iso(by_its_clock + event.received_at - event.at)
    return content


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST_BYTES).digest()


def _heading(raw: Mapping[str, object], source: str) -> _Heading | RefusedEvent:
    id_ = _text(raw, "messageId")
    if isinstance(id_, RefusedEvent):
        return id_
    if id_ is not None and not is_fit(id_):
        return RefusedEvent("messageId", "holds a NUL character or a lone surrogate")
    type_ = _text(raw, "type")
    if isinstance(type_, RefusedEvent):
        return type_
    if type_ is None:
        type_ = "identify" if raw.get("event") is None else "track"
    name_key = _NAME_KEY_BY_TYPE.get(type_)
    name = _text(raw, name_key) if name_key else None
    if isinstance(name, RefusedEvent):
        return name
    given_source = _text(raw, "source")
    if isinstance(given_source, RefusedEvent):
        return given_source
    return id_, type_, name, given_source or source, _channel(raw)


def _channel(raw: Mapping[str, object]) -> str | None:
    """`channel`, else that of the context. What is no text or too long tells nothing, and is no reason to refuse."""
    channel, context = raw.get("channel"), raw.get("context")
    if channel is None and isinstance(context, dict):
        channel = context.get("channel")
    return channel if isinstance(channel, str) and 0 < len(channel) <= MAX_LENGTH else None


def _text(raw: Mapping[str, object], key: str) -> str | RefusedEvent | None:
    """The string under a key; None where it is absent, null or empty."""
    text = raw.get(key)
    if text is None:
        return None
    if not isinstance(text, str):
        return RefusedEvent(key, "must be a string")
    if len(text) > MAX_LENGTH:
        return RefusedEvent(key, f"is longer than {MAX_LENGTH:,} characters")
    return text or None


def _traits(raw: Mapping[str, object], *, group: bool) -> dict[str, object] | RefusedEvent:
    """The traits reported of the one whom the event is about: those of the context, overlaid by its own.

    A null takes a trait away. The own traits of type `group` are the account's; its id is the trait `account`.
    """
    own, context, properties = raw.get("traits"), raw.get("context"), raw.get("properties")
    if properties is not None and not isinstance(properties, dict):
        return RefusedEvent("properties", "must be an object")
    if context is not None and not isinstance(context, dict):
        return RefusedEvent("context", "must be an object")
    traits = dict[str, object]()
    for path, fields in (("context.traits", context and context.get("traits")), ("traits", own)):
        if fields is None:
            continue
        if not isinstance(fields, dict):
            return RefusedEvent(path, "must be an object")
        if group and path == "traits":
            continue
        for name, value in fields.items():
            if not isinstance(name, str) or len(name) > MAX_TRAIT_NAME:
                return RefusedEvent(path, f"has a name that is no text of at most {MAX_TRAIT_NAME} characters")
            traits[name] = value
    if group and (account := raw.get("groupId")) is not None and account != "":
        traits[ACCOUNT] = account
    if len(traits) > MAX_TRAITS:
        return RefusedEvent("traits", f"are more than {MAX_TRAITS}")
    return traits


def _as_stored(traits: dict[str, object]) -> dict[str, object]:
    """The traits as they come back from a body: without what JSON cannot tell, such as a tuple or not-a-number."""
    for value in traits.values():
        if type(value) not in _AS_THEY_ARE and not (isinstance(value, float) and isfinite(value)):
            stored: dict[str, object] = orjson.loads(json_of(traits))
            return stored
    return traits


def _refused(given: Sequence[Given]) -> RefusedEvent | None:
    for path, _, value in given:
        if not isinstance(value, str):
            return RefusedEvent(path, "must be a string")
        if len(value) > MAX_LENGTH:
            return RefusedEvent(path, f"is longer than {MAX_LENGTH:,} characters")
    if not given:
        return RefusedEvent("identifiers", "names no identifier")
    if len(given) > MAX_IDENTIFIERS:
        return RefusedEvent("identifiers", f"names more than {MAX_IDENTIFIERS} identifiers")
    return None
