"""What a store promises. One contract suite (tests/contract) holds every promise against each store.

A store keeps events and decisions, which are immutable, and the state that is computed from them: identifiers, links,
refusals, traits. It decides nothing. Keys travel as `namespace:value`; times as milliseconds, UTC.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.domain.pages import JourneyFilter, PlacedLink, ProfileFilter, ProfileOrder, ProfilePlace, Session
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import Held, Placed, ProfileIds
from graph_cdp.store.ledger_port import LedgerReading, LedgerWriting
from graph_cdp.store.matching_port import MatchingReading, MatchingWriting
from graph_cdp.store.review_port import ReviewReading, ReviewWriting

T = TypeVar("T")


class StoredEvent(NamedTuple):
    """An event as it is kept; `EventReader.reread` gives the event again. `owner` owns it, None: nobody does."""

    id: str
    at: Millis
    received_at: Millis
    type: str
    name: str | None
    source: str
    channel: str | None
    body: bytes
    owner: Key | None


class Owned(NamedTuple):
    """The passing of an event from one identifier to another; None: to nobody."""

    event: str
    before: Key
    after: Key | None


class Named(NamedTuple):
    """That an event names an identifier, and whether the identifier owns it."""

    event: str
    key: Key
    owns: bool


class Profiles(NamedTuple):
    """Profiles as they stand at one moment, in parts; a part that was not asked for is empty.

    `asked` are the identifiers that were asked for and are known, `members` all of their profiles', `clusters` how
    many identifiers the cluster of each profile has, by anchor. `events`, by anchor, are the newest first, by
    (at, id); `refusals` those with an end among the members, each once, by (low, high, kind).
    """

    asked: dict[Key, Seen]
    members: list[Seen]
    clusters: dict[Key, int]
    traits: list[Held]
    events: dict[Key, list[StoredEvent]]
    refusals: list[Refusal]


class Sizes(NamedTuple):
    """How much a store holds. Profiles and clusters count those of one identifier too."""

    events: int
    identifiers: int
    links: int
    profiles: int
    clusters: int
    decisions: int
    refusals: int


class Reading(LedgerReading, ReviewReading, MatchingReading, Protocol):
    """A view of what is committed: one moment on SQLite; on Neo4j, which is read-committed, each answer has its own.

    What one answer must hold together is asked in one call. Results come in no order unless one is named; what is
    not known is left out. `ids` names the store's profiles.
    """

    ids: ProfileIds

    async def stored_events(self, ids: Collection[str]) -> dict[str, bytes]:
        """The digest by id of those events that are stored."""

    async def events_by_id(self, ids: Collection[str]) -> list[StoredEvent]:
        """Those events that are stored; whose they are is not asked."""

    async def identifiers(self, keys: Collection[Key]) -> dict[Key, Seen]:
        """The identifiers that are known."""

    async def profiles(self, keys: Collection[Key], *, traits: bool, events: int, refusals: bool) -> Profiles:
        """The profiles that identifiers belong to, in one statement; `events`: how many of the newest of each.

        No profile is torn apart, on a read-committed store neither: its members are those of one moment.
        """

    async def members_of(self, clusters: Collection[Key]) -> list[Seen]:
        """All identifiers of clusters, which are named by their anchors."""

    async def key_of(self, profile_id: str) -> Key | None:
        """The identifier whose own profile id this is, whether or not it is an anchor now."""

    async def links_among(self, keys: Collection[Key]) -> list[Link]:
        """The links with both ends among the keys."""

    async def links_of(self, keys: Collection[Key], limit: int) -> list[Link]:
        """The links with at least one end among the keys, newest first, then by pair; at most `limit`."""

    async def linked_by_namespace(self, keys: Collection[Key], above: int = 0) -> dict[Key, dict[str, int]]:
        """By namespace, how many distinct, not blocked identifiers events named together with each of the keys.

        Only for the keys that are linked to more than `above` identifiers in all.
        """

    async def refusals_of(self, keys: Collection[Key]) -> list[Refusal]:
        """The refusals with at least one end among the keys, each once, by (low, high, kind)."""

    async def traits_of(self, keys: Collection[Key]) -> list[Held]:
        """The last write of each trait at each of the identifiers."""

    async def has_decisions(self) -> bool:
        """Whether any decision was ever recorded; to a writer, when it locked last: later ones are on others' keys."""

    async def decisions_on(self, keys: Collection[Key]) -> list[Decision]:
        """All decisions, superseded ones too, on pairs with at least one end among the keys, each once."""

    async def decisions_by_id(self, ids: Collection[str]) -> list[Decision]:
        """Those decisions that were recorded."""

    async def journeys(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: tuple[Millis, str] | None = None,
    ) -> list[list[StoredEvent]]:
        """For each profile, given by its identifiers, the events that they own, newest first by (at, id).

        At most `limit` each, those earlier than `before` only; in one statement.
        """

    async def sessions(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: Millis | None = None,
    ) -> list[list[Session]]:
        """For each profile, given by its identifiers, the sessions of the events that they own, newest first.

        At most `limit` each, those that began earlier than `before` only; in one statement.
        """

    async def located_events(self, profiles: Sequence[Collection[Key]], limit: int) -> list[list[StoredEvent]]:
        """For each profile, given by its identifiers, the events that they own and that tell a latitude.

        Newest first by (at, id), at most `limit` each; in one statement.
        """

    async def link_pages(
        self, profiles: Sequence[Collection[Key]], limit: int, after: tuple[str, str, str] | None = None
    ) -> list[list[PlacedLink]]:
        """For each profile, given by its identifiers, the links with at least one end among them, each once.

        By the own profile ids of low and of high, then kind; at most `limit` each, those behind the place `after`
        only; in one statement.
        """

    async def profile_places(
        self,
        filter: ProfileFilter,  # noqa: A002
        known_namespaces: Collection[str],
        *,
        order: ProfileOrder,
        descending: bool,
        limit: int,
        after: tuple[Millis, str] | None = None,
    ) -> list[ProfilePlace]:
        """At most `limit` profiles in an order, then by id, behind the place `after` (time and id), in one statement.

        A place in the order of ids holds any time. Known is who has an identifier of `known_namespaces`. By id, an
        unfiltered page reads what is on it, and no more than the profiles' other identifiers beside.
        """

    async def count_profiles(self, filter: ProfileFilter, known_namespaces: Collection[str]) -> int:  # noqa: A002
        """How many profiles a filter wants."""

    async def events_naming_both(self, pair: Pair, limit: int) -> list[StoredEvent]:
        """Events that named both identifiers, newest first by (at, id)."""

    def events_naming(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        """All events that name any of the identifiers, each once, in pages of bounded size."""

    def owned_events(self, keys: Collection[Key]) -> AsyncIterator[list[StoredEvent]]:
        """All events that the identifiers own, each once, in pages of bounded size."""

    def scan_events(self) -> AsyncIterator[list[StoredEvent]]:
        """Every event, in pages of bounded size."""

    def scan_names(self) -> AsyncIterator[list[Named]]:
        """Every naming of an identifier by an event, in pages of bounded size."""

    def scan_identifiers(self) -> AsyncIterator[list[Seen]]:
        """Every identifier, by key, in pages of bounded size."""

    def scan_links(self) -> AsyncIterator[list[Link]]:
        """Every link, by (low, high, kind), in pages of bounded size."""

    def scan_refusals(self) -> AsyncIterator[list[Refusal]]:
        """Every refusal, by (low, high, kind), in pages of bounded size."""

    def scan_traits(self) -> AsyncIterator[list[Held]]:
        """Every trait's last write at every identifier, in pages of bounded size."""

    async def decisions(self) -> list[Decision]:
        """Every decision, by (at, id)."""

    async def sizes(self) -> Sizes:
        """How much is stored."""

    async def notes(self) -> dict[str, str]:
        """All notes by name: small facts about the store itself, such as the policy it was resolved with."""

    async def note(self, name: str) -> str | None:
        """One note, None where there is none. A writer that asks so holds nobody off."""


class Writing(Reading, LedgerWriting, ReviewWriting, MatchingWriting, Protocol):
    """One transaction: all or nothing, safe to run again. It reads its own writes."""

    async def lock(self, keys: Collection[Key]) -> dict[Key, Seen]:
        """Hold identifiers, then the clusters they belong to, in key order, unknown keys too; before reading.

        Gives the identifiers that are known, as they stand once the locks are held. Until the transaction ends no
        other writer creates or changes them or the membership of their clusters. An unknown one comes into being
        only if `put_identifiers` writes it. More may be locked later: a deadlock that this brings makes the store
        run the work again.
        """

    async def append_events(self, events: Sequence[Event]) -> None:
        """Store events that are not stored yet. If another writer was faster with one, the work is run again."""

    async def name_events(self, events: Sequence[Event], owners: Mapping[str, Key | None]) -> None:
        """Record which identifiers stored events name, and who owns each (owner by event id). Both are written."""

    async def pass_events(self, rows: Sequence[Owned]) -> None:
        """Give events to other owners."""

    async def add_links(self, links: Collection[Link]) -> None:
        """Add evidence to links, new or not: counts add up, times widen, sources unite. Both ends are written."""

    async def put_matched(self, links: Collection[Link]) -> None:
        """Write matched links, each in place of that of its pair. Both ends are written and locked."""

    async def withdraw_matched(self, pairs: Collection[Pair]) -> None:
        """Forget the matched links of pairs, where there are any; what events observed of them stays."""

    async def put_identifiers(self, rows: Collection[Seen]) -> None:
        """Write what is known of locked identifiers, new or not, but for `cluster` and `profile`: see the next."""

    async def place_identifiers(self, rows: Collection[Placed]) -> None:
        """Change where identifiers belong, or why they are set aside, and nothing else of them.

        This transaction locked them and the anchors, or read them as members.
        """

    async def replace_refusals(self, keys: Collection[Key], refusals: Collection[Refusal]) -> None:
        """Make these the only refusals of links that begin at the identifiers."""

    async def write_traits(self, held: Collection[Held]) -> None:
        """Keep each write that is later, by (at, event), than the one that stands."""

    async def drop_traits(self, keys: Collection[Key]) -> None:
        """Forget all traits of identifiers."""

    async def append_decisions(self, decisions: Collection[Decision]) -> None:
        """Record decisions; one that is recorded already is not recorded twice."""

    async def put_notes(self, notes: Mapping[str, str]) -> None:
        """Write notes, each over the one of the same name."""

    async def clear_computed(self) -> None:
        """Forget everything computed, matched links too: all but events, decisions, notes, the ledger and the queue."""


class Store(Protocol):
    """A store that is open and migrated. `ids` names its profiles.

    `one_moment`: whether all that one view gives is of one moment. `group_events`: how many events of several requests
    a transaction best has at most: it costs the less for each the more they are, and others wait for it the longer.
    """

    ids: ProfileIds
    one_moment: bool
    group_events: int

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        """Run `work` on one view; again, where it met a commit half done. Errors it meets must come out of `work`."""

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """Run `work` in one durable transaction. A conflict runs it again: announce after this returns."""

    async def close(self) -> None:
        """Let go of connections."""
