"""What is asked of long lists: filters, orders, and the places at which a page begins."""

from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key, SetAside
from graph_cdp.domain.link import Link, Reason
from graph_cdp.domain.times import Millis

ProfileOrder: TypeAlias = Literal["id", "first_seen", "last_seen"]

SILENCE_MS: Millis = 30 * 60 * 1000
"""A session ends when nothing happens for so long: 30 minutes, the default of Google Analytics and of Snowplow."""


class Span(NamedTuple):
    """Moments from `from_at` on and before `to_at`; None is no bound."""

    from_at: Millis | None = None
    to_at: Millis | None = None


class TraitIs(NamedTuple):
    """That the last write of a trait at one of the identifiers says this, be it the one that stands or not.

    Compared as JSON, so 1, 1.0 and true differ.
    """

    name: str
    value: str | float | bool


class ProfileFilter(NamedTuple):
    """Which profiles are wanted: those for which all holds; None asks nothing.

    `ids`: those that these ids lead to, an earlier id of theirs too. `known`: see `Policy.known_namespaces`.
    `namespace`: those that hold an identifier of it. `min_identifiers`: those that hold at least so many.
    """

    ids: tuple[str, ...] | None = None
    known: bool | None = None
    namespace: str | None = None
    trait: TraitIs | None = None
    first_seen: Span = Span()
    last_seen: Span = Span()
    min_identifiers: int | None = None


class ProfilePlace(NamedTuple):
    """A profile in a list of profiles: its id, its anchor, and the moments that it may be ordered by."""

    id: str
    anchor: Key
    first_seen: Millis
    last_seen: Millis


class JourneyFilter(NamedTuple):
    """Which events are wanted, from a time on, before another, of types and channels; None asks nothing.

    `channels` may hold None: events without one.
    """

    from_at: Millis | None = None
    to_at: Millis | None = None
    types: tuple[str, ...] | None = None
    channels: tuple[str | None, ...] | None = None


class Session(NamedTuple):
    """Events of one profile with less than `SILENCE_MS` between each and the next.

    `source` and `channel` are those of the first event; `first_event` and `last_event` its name and that of the last,
    or the type of one without a name.
    """

    start: Millis
    end: Millis
    events: int
    source: str
    channel: str | None
    first_event: str
    last_event: str


class LinkEnd(NamedTuple):
    """An end of a link: the anchor of the profile that it is in, or why it is set aside."""

    key: Key
    profile: Key | None
    set_aside: SetAside | None


class PlacedLink(NamedTuple):
    """A link, its ends, and why it did not join them; None where it did.

    `namespace` is the one whose limit would have been exceeded.
    """

    link: Link
    low: LinkEnd
    high: LinkEnd
    refused: Reason | SetAside | None
    namespace: str | None
