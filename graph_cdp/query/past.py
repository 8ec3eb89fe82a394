"""Pages of a profile as it was at a time: what `journey` and `links` give of one as it is. Pure."""

from collections.abc import Iterator, Sequence

from graph_cdp.domain.pages import SILENCE_MS, JourneyFilter, Session
from graph_cdp.query.as_of import Past
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.query.journey import EventPage, SessionPage, cursor_of
from graph_cdp.query.links import Graph, LinkPage, PlacedLink, graph_of
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import StoredEvent


def journey_then(past: Past, wanted: JourneyFilter, first: int, after: str | None) -> EventPage:
    """At most `first` of its events, newest first. Raises InputError where `after` is no cursor of a journey."""
    events = [event for event in past.view.events if _is_wanted(event, wanted)]
    if after is not None:
        at, event_id = place_of(after, int, str)
        events = [event for event in events if (event.at, event.id) < (at, event_id)]
    page = tuple(events[:first])
    return EventPage(page, tuple(map(cursor_of, page)), len(events) > first)


def sessions_then(past: Past, wanted: JourneyFilter, first: int, after: str | None) -> SessionPage:
    """At most `first` of its sessions, newest first. Raises InputError where `after` is no cursor of sessions."""
    sessions = list(_sessions([event for event in past.view.events if _is_wanted(event, wanted)]))
    if after is not None:
        (before,) = place_of(after, int)
        sessions = [session for session in sessions if session.start < before]
    page = tuple(sessions[:first])
    return SessionPage(page, tuple([cursor(session.start) for session in page]), len(sessions) > first)


def links_then(past: Past, ids: ProfileIds, first: int, after: str | None) -> LinkPage:
    """At most `first` of its links, ordered as by `links_pages`. Raises InputError where `after` is no cursor."""
    places = _in_order(past, ids)
    if after is not None:
        behind = tuple(place_of(after, str, str, str))
        places = [(place, one) for place, one in places if place > behind]
    page = places[:first]
    return LinkPage(tuple([one for _, one in page]), tuple([cursor(*place) for place, _ in page]), len(places) > first)


def graph_then(past: Past, ids: ProfileIds) -> Graph:
    """Its graph, as `graphs` gives it of a profile as it is."""
    members = [seen.key for seen in past.view.identifiers]
    return graph_of(past.view.anchor, members, [one for _, one in _in_order(past, ids)])


def _in_order(past: Past, ids: ProfileIds) -> list[tuple[tuple[str, str, str], PlacedLink]]:
    return sorted(((ids.of(one.link.low), ids.of(one.link.high), one.link.kind), one) for one in past.links)


def _is_wanted(event: StoredEvent, wanted: JourneyFilter) -> bool:
    from_at, to_at, types, channels = wanted
    return (
        (from_at is None or event.at >= from_at)
        and (to_at is None or event.at < to_at)
        and (types is None or event.type in types)
        and (channels is None or event.channel in channels)
    )


def _sessions(events: Sequence[StoredEvent]) -> Iterator[Session]:
    """The sessions of events; both are newest first."""
    end = 0
    for place, event in enumerate(events, 1):
        if place == len(events) or event.at - events[place].at >= SILENCE_MS:
            last = events[end]
            yield Session(
                event.at,
                last.at,
                place - end,
                event.source,
                event.channel,
                event.name or event.type,
                last.name or last.type,
            )
            end = place
