"""Pages of long lists from Neo4j: parts of what one transaction can do, each in one statement."""

from collections.abc import Collection, Sequence
from typing import Any

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.pages import (
    SILENCE_MS,
    JourneyFilter,
    PlacedLink,
    ProfileFilter,
    ProfileOrder,
    ProfilePlace,
    Session,
)
from graph_cdp.domain.times import Millis
from graph_cdp.store.neo4j_rows import events_of, link_of
from graph_cdp.store.neo4j_wire import Wire
from graph_cdp.store.page_rows import (
    EVER,
    event_parameters,
    lists_of,
    own_ids,
    page_of,
    placed_link,
    profile_parameters,
    time_parameters,
)
from graph_cdp.store.port import StoredEvent

_LINK_COLUMNS = 8


class Neo4jPages:
    """Reads pages."""

    _wire: Wire

    async def journeys(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: tuple[Millis, str] | None = None,
    ) -> list[list[StoredEvent]]:
        at, event = before or (EVER, "")
        found = await self._page(
            "events/journeys", profiles, limit=limit, at=at, event=event, **event_parameters(filter)
        )
        return [events_of(rows) for rows in found]

    async def sessions(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: Millis | None = None,
    ) -> list[list[Session]]:
        until = EVER if before is None else before
        found = await self._page(
            "events/sessions", profiles, limit=limit, silence=SILENCE_MS, before=until, **event_parameters(filter)
        )
        return [[Session(*row) for row in rows] for rows in found]

    async def located_events(self, profiles: Sequence[Collection[Key]], limit: int) -> list[list[StoredEvent]]:
        return [events_of(rows) for rows in await self._page("events/located", profiles, limit=limit)]

    async def link_pages(
        self, profiles: Sequence[Collection[Key]], limit: int, after: tuple[str, str, str] | None = None
    ) -> list[list[PlacedLink]]:
        low, high, kind = after or ("", "", "")
        found = await self._page("links/pages", profiles, limit=limit, low=low, high=high, kind=kind)
        return [[placed_link(link_of(row[:_LINK_COLUMNS]), *row[_LINK_COLUMNS:]) for row in rows] for rows in found]

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
        wanted = profile_parameters(filter, known_namespaces)
        if filter.ids is not None:
            led_to = await self._places("profiles/led_to", wanted, ids=list(own_ids(filter.ids)))
            return page_of(led_to, order, descending=descending, limit=limit, after=after)
        if order != "id":
            place = time_parameters(order, descending=descending, after=after)
            return await self._places("profiles/page_by_time", wanted, limit=limit, **place)
        name, start = ("profiles/page_down", "~") if descending else ("profiles/page_up", "")
        return await self._places(name, wanted, limit=limit, id=start if after is None else after[1])

    async def count_profiles(self, filter: ProfileFilter, known_namespaces: Collection[str]) -> int:  # noqa: A002
        wanted = profile_parameters(filter, known_namespaces)
        if filter.ids is not None:
            return len(await self._places("profiles/led_to", wanted, ids=list(own_ids(filter.ids))))
        return int((await self._wire.alone("profiles/count", **wanted))[0])

    async def _places(self, name: str, wanted: dict[str, object], **place: object) -> list[ProfilePlace]:
        return [ProfilePlace(*row) for row in (await self._wire.alone(name, **wanted, **place))[0]]

    async def _page(self, name: str, profiles: Sequence[Collection[Key]], **parameters: object) -> list[Any]:
        """The rows of each profile, in the order given."""
        rows = (await self._wire.alone(name, profiles=lists_of(profiles), **parameters))[0]
        return [found for _, found in sorted(rows, key=lambda row: row[0])]
