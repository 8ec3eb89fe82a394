"""Pages of long lists from SQLite: parts of what one transaction can do, each in one statement."""

from collections.abc import Collection, Sequence
from typing import Any

import apsw
import orjson

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link
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
from graph_cdp.resolve import ProfileIds, hash_of
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
from graph_cdp.store.statements import statement


class SqlitePages:
    """Reads pages. The connection knows `own_id(key)`: the profile id that an identifier has as an anchor."""

    ids: ProfileIds
    _connection: apsw.Connection

    async def journeys(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: tuple[Millis, str] | None = None,
    ) -> list[list[StoredEvent]]:
        at, event = before or (EVER, "")
        found = list[list[StoredEvent]]([] for _ in profiles)
        for number, *row in self._page(
            "events/journeys", profiles, limit=limit, at=at, event=event, **event_parameters(filter)
        ):
            found[number].append(StoredEvent(*row))
        return found

    async def sessions(
        self,
        profiles: Sequence[Collection[Key]],
        filter: JourneyFilter,  # noqa: A002
        limit: int,
        before: Millis | None = None,
    ) -> list[list[Session]]:
        found = list[list[Session]]([] for _ in profiles)
        until = EVER if before is None else before
        for number, *row in self._page(
            "events/sessions", profiles, limit=limit, silence=SILENCE_MS, before=until, **event_parameters(filter)
        ):
            found[number].append(Session(*row))
        return found

    async def located_events(self, profiles: Sequence[Collection[Key]], limit: int) -> list[list[StoredEvent]]:
        found = list[list[StoredEvent]]([] for _ in profiles)
        for number, *row in self._page("events/located", profiles, limit=limit):
            found[number].append(StoredEvent(*row))
        return found

    async def link_pages(
        self, profiles: Sequence[Collection[Key]], limit: int, after: tuple[str, str, str] | None = None
    ) -> list[list[PlacedLink]]:
        low, high, kind = after or ("", "", "")
        found = list[list[PlacedLink]]([] for _ in profiles)
        for row in self._page("links/pages", profiles, limit=limit, low=low, high=high, kind=kind):
            number, *link, sources, score = row[:9]
            told = tuple(sorted(orjson.loads(sources)))
            found[number].append(placed_link(Link._make((*link, told, score)), *row[9:]))
        return found

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
        if filter.ids is not None:
            led_to = self._places("profiles/led_to", filter, known_namespaces, ids=self._ids_in(filter.ids))
            return page_of(led_to, order, descending=descending, limit=limit, after=after)
        if order != "id":
            place = time_parameters(order, descending=descending, after=after)
            return self._places("profiles/page_by_time", filter, known_namespaces, limit=limit, **place)
        name = "profiles/page_down" if descending else "profiles/page_up"
        if after is None:
            behind, place_hash = ("~", EVER) if descending else ("", -1)
        else:
            behind = after[1]
            place_hash = hash_of(own_ids([behind])[behind])
        return self._places(name, filter, known_namespaces, id=behind, hash=place_hash, limit=limit)

    async def count_profiles(self, filter: ProfileFilter, known_namespaces: Collection[str]) -> int:  # noqa: A002
        if filter.ids is not None:
            return len(self._places("profiles/led_to", filter, known_namespaces, ids=self._ids_in(filter.ids)))
        (count,) = next(self._rows_of("profiles/count", _written(profile_parameters(filter, known_namespaces))))
        return int(count)

    def _ids_in(self, ids: Collection[str]) -> str:
        return _json([[own, hash_of(digest)] for own, digest in own_ids(ids).items()])

    def _places(
        self,
        name: str,
        filter: ProfileFilter,  # noqa: A002
        known_namespaces: Collection[str],
        **place: object,
    ) -> list[ProfilePlace]:
        parameters = _written(profile_parameters(filter, known_namespaces)) | place
        return [ProfilePlace(*row) for row in self._rows_of(name, parameters)]

    def _page(self, name: str, profiles: Sequence[Collection[Key]], **parameters: object) -> apsw.Cursor:
        digest = self.ids.digest
        members = [
            [number, key, hash_of(digest(key))] for number, keys in enumerate(lists_of(profiles)) for key in keys
        ]
        return self._rows_of(name, _written({"members": members, **parameters}))

    def _rows_of(self, name: str, parameters: dict[str, object]) -> apsw.Cursor:
        return self._connection.execute(statement(name, "sql"), parameters)


def _written(parameters: dict[str, object]) -> dict[str, object]:
    """Parameters with lists as JSON, which is how SQLite takes them."""
    return {name: _json(value) if isinstance(value, list) else value for name, value in parameters.items()}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
