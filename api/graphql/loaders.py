"""Loading together what one level of an answer asks for: one statement for all profiles, events or keys of it."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeVar

from strawberry.dataloader import DataLoader

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Pair
from graph_cdp.domain.matching import Why
from graph_cdp.domain.pages import JourneyFilter
from graph_cdp.domain.review import Act, Item, Ruling
from graph_cdp.query.journey import EventPage, SessionPage, journeys, sessions
from graph_cdp.query.links import Graph, LinkPage, graphs, links_pages
from graph_cdp.query.review import Preview, previews
from graph_cdp.service.in_force import InForce
from graph_cdp.service.matching import whys
from graph_cdp.store.port import Reading

T = TypeVar("T")
F = TypeVar("F")
Members = Mapping[Key, Sequence[Key]]


class Read(Protocol):
    """Runs work on a view of the store."""

    async def __call__(self, work: Callable[[Reading], Awaitable[T]], /) -> T:
        """Give what the work gives."""


class Page(NamedTuple, Generic[F]):
    """Which page of a profile's list is asked for; profiles asked alike share a statement."""

    anchor: Key
    members: tuple[Key, ...]
    filter: F
    first: int
    after: str | None


class Loaders:
    """The loaders of one operation. What was loaded once is not asked again."""

    def __init__(self, read: Read, in_force: InForce) -> None:
        self._read = read
        self._in_force = in_force

    @cached_property
    def identifiers(self) -> DataLoader[Key, Seen | None]:
        """What is known of an identifier."""

        async def load(keys: list[Key]) -> list[Seen | None]:
            known = await self._read(lambda tx: tx.identifiers(keys))
            return [known.get(key) for key in keys]

        return DataLoader(load)

    @cached_property
    def decisions(self) -> DataLoader[tuple[Key, ...], list[Decision]]:
        """All decisions, superseded ones too, on pairs with an end among the keys."""

        async def load(asked: list[tuple[Key, ...]]) -> list[list[Decision]]:
            found = await self._read(lambda tx: tx.decisions_on({key for keys in asked for key in keys}))
            by_key = defaultdict[Key, list[Decision]](list)
            for decision in found:
                for key in decision.pair:
                    by_key[key].append(decision)
            return [[decision for key in keys for decision in by_key[key]] for keys in asked]

        return DataLoader(load)

    @cached_property
    def acts(self) -> DataLoader[str, list[Act]]:
        """What reviewers did about items."""

        async def load(items: list[str]) -> list[list[Act]]:
            found = await self._read(lambda tx: tx.acts_on(items))
            return [[act for act in found if act.item == item] for item in items]

        return DataLoader(load)

    @cached_property
    def previews(self) -> DataLoader[tuple[Item, Ruling], Preview]:
        """What deciding items would do."""

        async def load(asked: list[tuple[Item, Ruling]]) -> list[Preview]:
            found = await self._read(lambda tx: previews(tx, asked, self._in_force.rules.policy))
            return [found[one] for one in asked]

        return DataLoader(load)

    @cached_property
    def whys(self) -> DataLoader[Pair, Why | None]:
        """Why pairs of records match as they do, by the model in force."""

        async def work(tx: Reading, pairs: list[Pair]) -> dict[Pair, Why]:
            return await whys(tx, pairs, (await self._in_force.rules_for(tx)).policy)

        async def load(pairs: list[Pair]) -> list[Why | None]:
            found = await self._read(lambda tx: work(tx, pairs))
            return [found.get(pair) for pair in pairs]

        return DataLoader(load)

    @cached_property
    def journeys(self) -> DataLoader[Page[JourneyFilter], EventPage]:
        """Pages of journeys."""
        return self._paged(lambda tx, members, one: journeys(tx, members, one.filter, one.first, one.after))

    @cached_property
    def sessions(self) -> DataLoader[Page[JourneyFilter], SessionPage]:
        """Pages of sessions."""
        return self._paged(lambda tx, members, one: sessions(tx, members, one.filter, one.first, one.after))

    @cached_property
    def links(self) -> DataLoader[Page[None], LinkPage]:
        """Pages of links."""
        return self._paged(lambda tx, members, one: links_pages(tx, members, one.first, one.after))

    @cached_property
    def graphs(self) -> DataLoader[Page[None], Graph]:
        """Profiles to draw, with as many links as a drawing bears."""
        return self._paged(lambda tx, members, _: graphs(tx, members))

    def _paged(self, ask: Callable[[Reading, Members, Page[F]], Awaitable[Mapping[Key, T]]]) -> DataLoader[Page[F], T]:
        async def load(pages: list[Page[F]]) -> list[T]:
            alike = defaultdict[tuple[object, ...], list[Page[F]]](list)
            for page in pages:
                alike[page[2:]].append(page)
            found = dict[Page[F], T]()
            for group in alike.values():
                members = {page.anchor: page.members for page in group}
                by_anchor = await self._read(lambda tx, m=members, one=group[0]: ask(tx, m, one))  # type: ignore[misc]
                found.update((page, by_anchor[page.anchor]) for page in group)
            return [found[page] for page in pages]

        return DataLoader(load)
