"""What a store keeps of the review queue: items, which are computed, and acts, which only grow.

The contract suite (tests/contract/test_store_reviews.py) holds every promise against each store.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.review import Act, Item, ItemFilter
from graph_cdp.domain.times import Millis


class ReviewReading(Protocol):
    """The review queue, as it is committed. How an item stands is given as it was after the last act on it."""

    async def items(self, ids: Collection[str]) -> dict[str, Item]:
        """The items that are known."""

    async def items_about(self, keys: Collection[Key], rules: Collection[str]) -> list[Item]:
        """The items of the rules that are about at least one of the identifiers, each once."""

    async def item_page(
        self,
        filter: ItemFilter,  # noqa: A002
        now: Millis,
        limit: int,
        after: tuple[float, str] | None = None,
    ) -> list[Item]:
        """At most `limit` items that are found or decided, by (gain, largest first; id), behind `after`; one statement.

        What the filter says of states holds at `now`: a claim that lapsed by then, and what woke, is open.
        """

    async def count_items(self, filter: ItemFilter, now: Millis) -> int:  # noqa: A002
        """How many items `item_page` has in all."""

    def scan_items(self) -> AsyncIterator[list[Item]]:
        """Every item, by id, in pages of bounded size."""

    async def acts_on(self, items: Collection[str]) -> list[Act]:
        """All acts on items, those that were undone too, by (at, id)."""


class ReviewWriting(ReviewReading, Protocol):
    """Writing to the review queue. Recomputing everything else leaves it alone."""

    async def lock_items(self, ids: Collection[str]) -> dict[str, Item]:
        """Hold items, in the order of their ids, before anything else is locked; gives those that are known.

        Until the transaction ends no other writer changes them, or acts on them.
        """

    async def put_items(self, items: Collection[Item]) -> None:
        """Write items that are locked, or new."""

    async def drop_items(self, items: Collection[Item]) -> None:
        """Forget items on which there are no acts."""

    async def append_acts(self, acts: Sequence[Act]) -> None:
        """Record acts on locked items; one that is recorded already is not recorded twice. None is ever changed."""
