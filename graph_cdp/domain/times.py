"""Moments are whole milliseconds since 1970-01-01T00:00:00Z, UTC, in an `int` (called `Millis`)."""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Millis: TypeAlias = int

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def millis_of(moment: datetime) -> Millis:
    """Milliseconds of an aware moment, finer parts cut off; a naive one is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND


def parse_time(text: str) -> Millis:
    """Read ISO 8601 text (`2026-01-01T00:00:00Z`, `2026-01-01 00:00`, `2026-01-01`); without a zone it is UTC.

    Raises ValueError where it is no time.
    """
    return millis_of(datetime.fromisoformat(text.strip()))


def iso(moment: Millis) -> str:
    """Write ISO 8601 with milliseconds and `Z`: `2026-01-01T00:00:00.000Z`."""
    return (_EPOCH + moment * _MILLISECOND).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment % 1000:03d}Z"
