"""Journeys: the events of profiles, newest first, and the sessions that they fall into."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.pages import JourneyFilter, Session
from graph_cdp.domain.times import Millis
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.store.port import Reading, StoredEvent

__all__ = ["EventPage", "JourneyFilter", "Session", "SessionPage", "cursor_of", "journeys", "sessions"]

_EVERYTHING = JourneyFilter()


class EventPage(NamedTuple):
    """Some events of a profile, newest first by (at, id), the cursor of each, and whether older ones follow."""

    events: tuple[StoredEvent, ...]
    cursors: tuple[str, ...]
    has_next: bool


class SessionPage(NamedTuple):
    """Some sessions of a profile, newest first, the cursor of each, and whether older ones follow."""

    sessions: tuple[Session, ...]
    cursors: tuple[str, ...]
    has_next: bool


async def journeys(
    tx: Reading,
    members_by_anchor: Mapping[Key, Sequence[Key]],
    filter: JourneyFilter = _EVERYTHING,  # noqa: A002
    first: int = 20,
    after: str | None = None,
) -> dict[Key, EventPage]:
    """At most `first` events of each profile, which is given by its anchor and all its identifiers, in one statement.

    The events that the identifiers own. On SQLite a page costs what is on it times the identifiers, unless types or
    channels are asked for; on Neo4j, and then, it reads all events of the profile in that time. Raises InputError
    where `after` is no cursor of a journey; a cursor holds under every filter.
    """
    before: tuple[Millis, str] | None = None
    if after is not None:
        at, event = place_of(after, int, str)
        before = at, event
    found = await tx.journeys(list(members_by_anchor.values()), filter, first + 1, before)
    return {anchor: _events(rows, first) for anchor, rows in zip(members_by_anchor, found, strict=True)}


async def sessions(
    tx: Reading,
    members_by_anchor: Mapping[Key, Sequence[Key]],
    filter: JourneyFilter = _EVERYTHING,  # noqa: A002
    first: int = 20,
    after: str | None = None,
) -> dict[Key, SessionPage]:
    """At most `first` sessions of each profile, given as for `journeys`, made of the events that the filter wants.

    An event `SILENCE_MS` or more after the one before begins a session. Reads all events of the profiles in that
    time, in one statement. Raises InputError where `after` is no cursor of sessions.
    """
    before: Millis | None = None
    if after is not None:
        (before,) = place_of(after, int)
    found = await tx.sessions(list(members_by_anchor.values()), filter, first + 1, before)
    return {anchor: _sessions(rows, first) for anchor, rows in zip(members_by_anchor, found, strict=True)}


def cursor_of(event: StoredEvent) -> str:
    """The place of an event in a journey."""
    return cursor(event.at, event.id)


def _events(rows: Sequence[StoredEvent], first: int) -> EventPage:
    page = tuple(rows[:first])
    return EventPage(page, tuple([cursor_of(event) for event in page]), len(rows) > first)


def _sessions(rows: Sequence[Session], first: int) -> SessionPage:
    page = tuple(rows[:first])
    return SessionPage(page, tuple([cursor(session.start) for session in page]), len(rows) > first)
