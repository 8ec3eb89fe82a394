"""Moments are whole milliseconds since 1970-01-01T00:00:00Z, UTC, in an `int` (called `Millis`)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

Millis: TypeAlias = int

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60 * 1000


def millis_of(moment: datetime) -> Millis:
    """Milliseconds of an aware moment, finer parts cut off; a naive one is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    # What `since // timedelta(milliseconds=1)` gives, at a third of its cost.
    return since.days * _DAY + since.seconds * 1000 + since.microseconds // 1000


def parse_time(text: str) -> Millis:
    """Read ISO 8601 text (`2026-01-01T00:00:00Z`, `2026-01-01 00:00`, `2026-01-01`); without a zone it is UTC.

    Raises ValueError where it is no time.
    """
    return millis_of(datetime.fromisoformat(text.strip()))


def iso(moment: Millis) -> str:
    """Write ISO 8601 with milliseconds and `Z`: `2026-01-01T00:00:00.000Z`."""
    days, millis = divmod(moment, _DAY)
    seconds, millis = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{_day(days)}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{millis:03d}Z"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    """A day since 1970 as it stands before a time. Remembered: most moments of an answer are of a few days."""
    return f"{(_EPOCH + timedelta(days)).date().isoformat()}T"
