"""When an event happened. Pure."""

from collections.abc import Mapping

from graph_cdp.domain.event import RefusedEvent
from graph_cdp.domain.times import Millis, parse_time

AHEAD: Millis = 24 * 60 * 60 * 1000
"""How far in the future a time may lie: clocks differ, and so do zones that nobody wrote down."""


def event_times(raw: Mapping[str, object], now: Millis) -> tuple[Millis, Millis] | RefusedEvent:
    """Give an event's time and when it was received, from `timestamp` (or `at`), `sentAt`, `receivedAt`, else `now`.

    The client's two stamps share one wrong clock, so only their distance is trusted:
    received_at - (sentAt - timestamp), never later than received_at. Without `receivedAt` its place is taken by
    `sentAt`, else `timestamp`, and by `now` only where no time is given, so that a file reads the same on every day.
    Refused: what is no time, lies before 1970, or lies more than AHEAD after `now` and cannot be corrected.
    """
    own = "at" if raw.get("timestamp") is None else "timestamp"
    stamps = list[Millis | None]()
    for key in (own, "sentAt", "receivedAt"):
        stamp = raw.get(key)
        millis = None if stamp is None else _millis(stamp)
        if isinstance(millis, str):
            return RefusedEvent(key, millis)
        stamps.append(millis)
    timestamp, sent, received = stamps

    received_at = next((stamp for stamp in (received, sent, timestamp) if stamp is not None), now)
    if received_at > now + AHEAD:
        late = "receivedAt" if received is not None else "sentAt" if sent is not None else own
        return RefusedEvent(late, "lies in the future")
    if timestamp is None:
        return received_at, received_at
    if sent is None and timestamp > now + AHEAD:
        return RefusedEvent(own, "lies in the future")
    at = timestamp if sent is None else received_at - (sent - timestamp)
    if at < 0:
        return RefusedEvent(own, "lies before 1970 when corrected by sentAt")
    return min(at, received_at), received_at


def _millis(stamp: object) -> Millis | str:
    """The time, or why it is none that an event can have."""
    try:
        millis = parse_time(stamp) if isinstance(stamp, str) else None
    except ValueError:
        millis = None
    if millis is None:
        return "must be a time in ISO 8601, as text"
    return millis if millis >= 0 else "lies before 1970"
