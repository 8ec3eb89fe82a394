"""Pairs of records that resemble each other wait in the queue until they are judged."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.domain.review import Item, ItemFilter
from graph_cdp.service.review.refresh import refresh
from graph_cdp.store.port import Store
from tests.matchers import words_are_read
from tests.property.test_matching import matching, unmatched
from tests.property.test_oracle_agreement import empty_store
from tests.stores import NOW, all_of, differences, take_in
from tests.strategies import LAW, History, arrivals


@pytest.fixture(scope="module", autouse=True)
def words() -> Iterator[None]:
    with words_are_read():
        yield


async def matched(store: Store) -> dict[str, Item]:
    page = await store.read(lambda tx: tx.item_page(ItemFilter(), NOW, 10_000))
    return {item.id: item for item in page if item.finding.rule == "matched"}


@settings(LAW, max_examples=100)
@given(data=st.data(), history=unmatched)
async def test_pairs_that_resemble_each_other_wait_while_they_are_apart(data: st.DataObject, history: History) -> None:
    rules = matching(history)
    async with empty_store() as store:
        for arrival in data.draw(arrivals(history)):
            await take_in(store, [arrival], rules)
            await refresh(store, rules.policy)
        await refresh(store, rules.policy, whole=True)
        assert await differences(store, rules) == ()
        found = await matched(store)
        candidates = {one.pair async for one in all_candidates(store)}
        assert {item.finding.keys for item in found.values()} <= candidates


async def all_candidates(store: Store):
    for one in await store.read(lambda tx: all_of(tx.scan_candidates())):
        yield one
