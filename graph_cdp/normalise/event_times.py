"""When an event happened. Pure."""

from collections.abc import Mapping

from graph_cdp.domain.event import RefusedEvent
from graph_cdp.domain.times import Millis, parse_time

AHEAD: Millis = 60 * 60 * 1000
"""How far in the future a time may lie: clocks differ."""

_UNREADABLE = "must be a time in ISO 8601, as text"


def event_times(raw: Mapping[str, object], now: Millis) -> tuple[Millis, Millis] | RefusedEvent:
    """Give an event's time and when it was received, from `timestamp` (or `at`), `sentAt`, `receivedAt`, else `now`.

    The client's two stamps share one wrong clock, so only their distance is trusted:
    received_at - (sentAt - timestamp), never later than received_at. Without `receivedAt` its place is taken by
    `sentAt`, else `timestamp`, and by `now` only where no time is given, so that a file reads the same on every day.
    Refused: what is no time, lies before 1970, or lies more than AHEAD after `now` and cannot be corrected.
    """
    own = "at" if raw.get("timestamp") is None else "timestamp"
    stamps = (_millis(raw.get(own)), _millis(raw.get("sentAt")), _millis(raw.get("receivedAt")))
    timestamp, sent, received = stamps
    if isinstance(timestamp, str) or isinstance(sent, str) or isinstance(received, str):
        return next(
            RefusedEvent(key, stamp)
            for key, stamp in zip((own, "sentAt", "receivedAt"), stamps, strict=True)
            if isinstance(stamp, str)
        )
    if received is not None:
        received_at, received_key = received, "receivedAt"
    elif sent is not None:
        received_at, received_key = sent, "sentAt"
    else:
        received_at, received_key = (now if timestamp is None else timestamp), own
    if received_at > now + AHEAD:
        return RefusedEvent(received_key, "lies in the future")
    if timestamp is None:
        return received_at, received_at
    if sent is None and timestamp > now + AHEAD:
        return RefusedEvent(own, "lies in the future")
    at = timestamp if sent is None else received_at - (sent - timestamp)
    if at < 0:
        return RefusedEvent(own, "lies before 1970 when corrected by sentAt")
    return min(at, received_at), received_at


def _millis(stamp: object) -> Millis | str | None:
    """The time; None where none is given; why it is none that an event can have."""
    if stamp is None:
        return None
    if not isinstance(stamp, str):
        return _UNREADABLE
    try:
        millis = parse_time(stamp)
    except ValueError:
        return _UNREADABLE
    return millis if millis >= 0 else "lies before 1970"
