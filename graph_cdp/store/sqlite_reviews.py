"""The review queue in SQLite: parts of what one transaction can do."""

from collections.abc import AsyncIterator, Collection, Sequence
from itertools import islice
from typing import Any

import apsw
import orjson

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.review import Act, Item, ItemFilter
from graph_cdp.domain.times import Millis
from graph_cdp.store.review_rows import act_of_row, act_row, item_of_row, row_of
from graph_cdp.store.statements import statement

_PAGE = 2_000
_ANY_GAIN = 1e300


class SqliteReviewReading:
    """Reads the queue."""

    _connection: apsw.Connection

    async def items(self, ids: Collection[str]) -> dict[str, Item]:
        return {item.id: item for item in map(_item, self._review("reviews/by_id", ids=_json(list(ids))))}

    async def items_about(self, keys: Collection[Key], rules: Collection[str]) -> list[Item]:
        rows = self._review("reviews/about", keys=_json(list(keys)), rules=_json(list(rules)))
        return [_item(row) for row in rows]

    async def item_page(
        self,
        filter: ItemFilter,  # noqa: A002
        now: Millis,
        limit: int,
        after: tuple[float, str] | None = None,
    ) -> list[Item]:
        gain, item = after or (_ANY_GAIN, "")
        rows = self._review("reviews/page", **_filtered(filter, now), gain=gain, id=item, limit=limit)
        return [_item(row) for row in rows]

    async def count_items(self, filter: ItemFilter, now: Millis) -> int:  # noqa: A002
        (count,) = next(self._review("reviews/count", **_filtered(filter, now)))
        return int(count)

    async def scan_items(self) -> AsyncIterator[list[Item]]:
        cursor = self._review("reviews/scan")
        while rows := [*islice(cursor, _PAGE)]:
            yield [_item(row) for row in rows]

    async def acts_on(self, items: Collection[str]) -> list[Act]:
        return [act_of_row(row) for row in self._review("reviews/acts", items=_json(list(items)))]

    def _review(self, name: str, **parameters: object) -> apsw.Cursor:
        return self._connection.execute(statement(name, "sql"), parameters)


class SqliteReviewWriting(SqliteReviewReading):
    """Writes the queue. SQLite has one writer at a time, so it holds every lock from its start."""

    async def lock_items(self, ids: Collection[str]) -> dict[str, Item]:
        return await self.items(ids)

    async def put_items(self, items: Collection[Item]) -> None:
        rows = [row_of(item) for item in items]
        self._all("reviews/put", [[*row[:3], _json(row[3]), *row[4:]] for row in rows])
        self._all("reviews/put_keys", [[key, item.id] for item in items for key in item.finding.keys])

    async def drop_items(self, items: Collection[Item]) -> None:
        self._all("reviews/drop", [[item.id] for item in items])
        self._all("reviews/drop_keys", [[key, item.id] for item in items for key in item.finding.keys])

    async def append_acts(self, acts: Sequence[Act]) -> None:
        self._all("reviews/append_acts", [act_row(act) for act in acts])

    def _all(self, name: str, rows: list[list[Any]]) -> None:
        self._connection.executemany(statement(name, "sql"), rows)


def _filtered(filter: ItemFilter, now: Millis) -> dict[str, Any]:  # noqa: A002
    return {"kind": filter.kind, "states": _json(filter.states), "min_score": filter.min_score, "now": now}


def _item(row: Sequence[Any]) -> Item:
    return item_of_row([*row[:3], orjson.loads(row[3]), *row[4:]])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
