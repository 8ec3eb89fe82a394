"""The review queue in Neo4j: parts of what one transaction can do."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.review import Act, Item, ItemFilter
from graph_cdp.domain.times import Millis
from graph_cdp.store.neo4j_wire import Wire
from graph_cdp.store.review_rows import act_of_row, act_row, item_of_row, row_of

_PAGE = 2_000
_ANY_GAIN = 1e300


class Neo4jReviewReading:
    """Reads the queue."""

    _wire: Wire

    async def items(self, ids: Collection[str]) -> dict[str, Item]:
        return _by_id(await self._wire.alone("reviews/by_id", ids=list(ids)))

    async def items_about(self, keys: Collection[Key], rules: Collection[str]) -> list[Item]:
        (rows,) = await self._wire.alone("reviews/about", keys=list(keys), rules=list(rules))
        return [item_of_row(row) for row in rows]

    async def item_page(
        self,
        filter: ItemFilter,  # noqa: A002
        now: Millis,
        limit: int,
        after: tuple[float, str] | None = None,
    ) -> list[Item]:
        gain, item = after or (_ANY_GAIN, "")
        (rows,) = await self._wire.alone("reviews/page", **_filtered(filter, now), gain=gain, id=item, limit=limit)
        return [item_of_row(row) for row in rows]

    async def count_items(self, filter: ItemFilter, now: Millis) -> int:  # noqa: A002
        return int((await self._wire.alone("reviews/count", **_filtered(filter, now)))[0])

    async def scan_items(self) -> AsyncIterator[list[Item]]:
        after = ""
        while rows := await self._wire.rows("reviews/scan", after=after, limit=_PAGE):
            yield [item_of_row(row) for row in rows]
            after = rows[-1][0]

    async def acts_on(self, items: Collection[str]) -> list[Act]:
        (rows,) = await self._wire.alone("reviews/acts", items=list(items))
        return [act_of_row(row) for row in rows]


class Neo4jReviewWriting(Neo4jReviewReading):
    """Writes the queue."""

    async def lock_items(self, ids: Collection[str]) -> dict[str, Item]:
        return _by_id(await self._wire.record("reviews/lock", ids=sorted(ids)))

    async def put_items(self, items: Collection[Item]) -> None:
        await self._wire.send("reviews/put", sorted(map(row_of, items)))

    async def drop_items(self, items: Collection[Item]) -> None:
        await self._wire.send("reviews/drop", sorted(item.id for item in items), "ids")

    async def append_acts(self, acts: Sequence[Act]) -> None:
        await self._wire.send("reviews/append_acts", sorted(map(act_row, acts)))


def _filtered(filter: ItemFilter, now: Millis) -> dict[str, Any]:  # noqa: A002
    return {"kind": filter.kind, "states": list(filter.states), "min_score": filter.min_score, "now": now}


def _by_id(record: Any) -> dict[str, Item]:
    return {item.id: item for item in map(item_of_row, record[0])}
