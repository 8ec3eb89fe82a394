"""Profiles, and pages of them."""

from collections.abc import Sequence, Set
from typing import Annotated, Final, NamedTuple, TypeVar

import strawberry

from api.graphql.context import Context, Info
from api.graphql.loaders import Page
from api.graphql.paging import PAGE_DEFAULT, PAGE_MAX, After, First, PageInfo, page_size
from api.graphql.scalars import DateTime
from api.graphql.selection import ABSENT, Selection
from api.graphql.types.decision import Decision, decisions_of
from api.graphql.types.event import EventConnection
from api.graphql.types.identifier import Identifier
from api.graphql.types.link import LinkConnection, ProfileGraph, Refusal
from api.graphql.types.node import Node
from api.graphql.types.session import SessionConnection
from api.graphql.types.trait import Trait
from graph_cdp.domain import pages
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.pages import JourneyFilter
from graph_cdp.domain.times import Millis
from graph_cdp.query.as_of import Past, past_of
from graph_cdp.query.identifiers import aliases
from graph_cdp.query.journey import EventPage, cursor_of
from graph_cdp.query.past import graph_then, journey_then, links_then, sessions_then
from graph_cdp.query.profile import ProfileView, Wanted, profiles_of
from graph_cdp.query.profiles import count_profiles

F = TypeVar("F")

From = Annotated[DateTime | None, strawberry.argument(name="from", description="Only what happened from then on.")]
To = Annotated[DateTime | None, strawberry.argument(description="Only what happened before then.")]
Types = Annotated[
    list[str] | None, strawberry.argument(description="Only events of these types: `track`, `page`, `identify` …")
]
Channels = Annotated[
    list[str | None] | None,
    strawberry.argument(description="Only events of these channels; null in the list stands for no channel."),
]


@strawberry.type(
    description="The identifiers that the policy lets belong together, and all that is known through them."
)
class Profile(Node):
    """A profile at one moment: as it is now, or as it was at an earlier time."""

    id: strawberry.ID = strawberry.field(description="Its id, `pro_…`. After a merge earlier ids lead here too.")
    first_seen: DateTime = strawberry.field(description="When an event first named one of its identifiers.")
    last_seen: DateTime = strawberry.field(description="When an event last named one of its identifiers.")
    known: bool = strawberry.field(
        description="Whether it is known who it is: it holds an identifier that is one person's own."
    )
    cluster_size: int = strawberry.field(
        description="How many identifiers links connect with it; more than it has itself where some were refused."
    )
    identifiers: list[Identifier] = strawberry.field(description="Its identifiers, strongest first.")
    traits: list[Trait] = strawberry.field(description="Its traits, in order of their names.")
    refusals: list[Refusal] = strawberry.field(description="The links of its identifiers that did not join, and why.")
    view: strawberry.Private[ProfileView]
    events_loaded: strawberry.Private[int]
    past: strawberry.Private[Past | None] = None

    @strawberry.field(description="One trait; null where nobody told it.")
    def trait(
        self, info: Info, name: Annotated[str, strawberry.argument(description="What the trait is called.")]
    ) -> Trait | None:
        """Loaded with the profile."""
        trait = self.view.traits.get(name)
        return None if trait is None else Trait.of(trait, info.context.masking)

    @strawberry.field(description="Other ids that lead here: those that its identifiers had, or would have, alone.")
    def aliases(self, info: Info) -> list[strawberry.ID]:
        """Hashed only when asked for."""
        found = aliases(self.view.anchor, self._members, info.context.services.store.ids)
        return [strawberry.ID(id_) for id_ in found]

    @strawberry.field(description="What reviewers decided on its identifiers, newest first, superseded decisions too.")
    async def decisions(self, info: Info) -> list[Decision]:
        """Loaded together for all profiles of a level."""
        return decisions_of(await info.context.loaders.decisions.load(self._members), info.context.masking)

    @strawberry.field(description="Its events, newest first.")
    async def journey(
        self,
        info: Info,
        first: First = PAGE_DEFAULT,
        after: After = None,
        from_: From = None,
        to: To = None,
        types: Types = None,
        channels: Channels = None,
    ) -> EventConnection:
        """Loaded with the profile where nothing but `first` is asked, else together for all profiles of a level."""
        wanted, size = _filter(from_, to, types, channels), page_size(first)
        if self.past is not None:
            page = journey_then(self.past, wanted, size, after)
        elif after is None and wanted == _EVERYTHING and size < self.events_loaded:
            events = self.view.events[:size]
            page = EventPage(events, tuple(map(cursor_of, events)), len(self.view.events) > size)
        else:
            page = await info.context.loaders.journeys.load(self._page(wanted, size, after))
        return EventConnection.of(page.events, page.cursors, after, info.context.masking, has_next=page.has_next)

    @strawberry.field(description="Its sessions, newest first: runs of events without 30 minutes of silence.")
    async def sessions(
        self,
        info: Info,
        first: First = PAGE_DEFAULT,
        after: After = None,
        from_: From = None,
        to: To = None,
        types: Types = None,
        channels: Channels = None,
    ) -> SessionConnection:
        """Loaded together for all profiles of a level."""
        wanted, size = _filter(from_, to, types, channels), page_size(first)
        if self.past is not None:
            page = sessions_then(self.past, wanted, size, after)
        else:
            page = await info.context.loaders.sessions.load(self._page(wanted, size, after))
        return SessionConnection.of(page, after, info.context.masking)

    @strawberry.field(description="The links of its identifiers, those that were refused too.")
    async def links(self, info: Info, first: First = PAGE_DEFAULT, after: After = None) -> LinkConnection:
        """Loaded together for all profiles of a level."""
        context, size = info.context, page_size(first)
        if self.past is not None:
            page = links_then(self.past, context.services.store.ids, size, after)
        else:
            page = await context.loaders.links.load(self._page(None, size, after))
        return LinkConnection.of(page, after, context.masking)

    @strawberry.field(description="Its identifiers and links, to draw.")
    async def graph(self, info: Info) -> ProfileGraph:
        """Loaded together for all profiles of a level."""
        if self.past is not None:
            graph = graph_then(self.past, info.context.services.store.ids)
        else:
            graph = await info.context.loaders.graphs.load(self._page(None, 0, None))
        return ProfileGraph.of(graph, self.view.anchor, info.context.masking)

    @property
    def _members(self) -> tuple[Key, ...]:
        return tuple([seen.key for seen in self.view.identifiers])

    def _page(self, wanted: F, first: int, after: str | None) -> Page[F]:
        return Page(self.view.anchor, self._members, wanted, first, after)

    @classmethod
    def of(cls, view: ProfileView, look: "Look", context: Context) -> "Profile":
        """A profile as the reader may see it, with the parts that are selected."""
        masking, names = context.masking, look.names
        context.shown.add(view.id)
        return cls(
            id=strawberry.ID(view.id),
            first_seen=DateTime(view.first_seen),
            last_seen=DateTime(view.last_seen),
            known=not context.services.rules.policy.known_namespaces.isdisjoint(
                [namespace_of(one.key) for one in view.identifiers]
            ),
            cluster_size=view.cluster,
            identifiers=[Identifier.of(one, masking) for one in view.identifiers] if "identifiers" in names else [],
            traits=[Trait.of(one, masking) for one in view.traits.values()] if "traits" in names else [],
            refusals=[Refusal.of(one, masking) for one in view.refusals] if "refusals" in names else [],
            view=view,
            events_loaded=look.wanted.events,
        )


@strawberry.type(description="A profile in a page of them.")
class ProfileEdge:
    """A profile with its place."""

    node: Profile = strawberry.field(description="The profile.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(description="A page of profiles, in the order asked for.")
class ProfileConnection:
    """A page of profiles; it holds still while others come and go."""

    edges: list[ProfileEdge] = strawberry.field(description="The profiles, each with its cursor.")
    nodes: list[Profile] = strawberry.field(description="The profiles alone.")
    page_info: PageInfo = strawberry.field(description="Where this page ends, and whether more come.")
    filter: strawberry.Private[pages.ProfileFilter]

    @strawberry.field(description="How many profiles the filter wants in all; counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        """One more statement."""
        return await info.context.read(lambda tx: count_profiles(tx, info.context.services.rules.policy, self.filter))


class Look(NamedTuple):
    """What is selected of profiles: what one statement is to bring, and the names of the fields."""

    wanted: Wanted
    names: frozenset[str]

    @classmethod
    def at(cls, *selections: Selection) -> "Look":
        """Look at what is selected under profiles. A journey that is asked for from its start comes with them."""
        names, events = set[str](), 0
        for selection, field in [(one, field) for one in selections for field in one]:
            name = field.name.value
            names.add(name)
            if name == "journey" and {one.name.value for one in field.arguments or ()} <= {"first"}:
                first = selection.argument(field, "first")
                first = PAGE_DEFAULT if first is ABSENT else first
                if isinstance(first, int) and first <= PAGE_MAX:
                    # One more tells whether there is a next page.
                    events = max(events, first + 1)
        return cls(_wanted(names, events), frozenset(names))

    def with_names(self, names: Set[str]) -> "Look":
        """The same with other fields that are looked at, though no query selects them."""
        return Look(_wanted(self.names | names, self.wanted.events), self.names)


def _wanted(names: Set[str], events: int) -> Wanted:
    return Wanted(not names.isdisjoint({"traits", "trait"}), events, "refusals" in names)


async def profile_at(key: Key, look: Look, context: Context) -> Profile | None:
    """The profile that an identifier belongs to; None where it is set aside, or no event has named it."""
    return (await profiles_by_key([key], look, context)).get(key)


async def profile_as_of(key: Key, at: Millis, look: Look, context: Context) -> Profile | None:
    """The profile that an identifier belonged to at a time; None where it was set aside or not named by then."""
    store, rules = context.services.store, context.services.rules
    past = await context.read(lambda tx: past_of(tx, key, at, store, rules))
    if not isinstance(past, Past):
        return None
    profile = Profile.of(past.view, look, context)
    profile.past = past
    return profile


async def profiles_at(keys: Sequence[Key], look: Look, context: Context) -> list[Profile]:
    """The profiles that identifiers belong to, each once, in the order of the identifiers."""
    return list((await profiles_by_key(keys, look, context)).values())


async def profiles_by_key(keys: Sequence[Key], look: Look, context: Context) -> dict[Key, Profile]:
    """The profiles that identifiers belong to, each once, by the first of the identifiers that belongs to it."""
    store, policy = context.services.store, context.services.rules.policy
    views = await context.read(lambda tx: profiles_of(tx, keys, store, policy, look.wanted))
    found, key_by_anchor = dict[Key, Profile](), dict[Key, Key]()
    for key in keys:
        view = views.get(key)
        if isinstance(view, ProfileView) and key_by_anchor.setdefault(view.anchor, key) == key:
            found[key] = Profile.of(view, look, context)
    return found


_EVERYTHING: Final = JourneyFilter()


def _filter(
    from_at: Millis | None, to_at: Millis | None, types: list[str] | None, channels: list[str | None] | None
) -> JourneyFilter:
    return JourneyFilter(
        from_at, to_at, None if types is None else tuple(types), None if channels is None else tuple(channels)
    )
