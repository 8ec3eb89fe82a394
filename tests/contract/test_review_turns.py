"""The review queue is refreshed by one process at a time, and only where there is something to see."""

import asyncio

from graph_cdp.config import StoreUrl
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.service.fraud.scan import scan_for_fraud
from graph_cdp.service.ingest import ingest
from graph_cdp.service.review.refresh import refresh
from graph_cdp.service.review.turns import end_turn, is_behind, is_due, take_turn
from graph_cdp.store.port import Store
from tests.stores import NOW, events_of, opened

RULES = Rules.of(parse_policy('[[namespace]]\nname = "crm"\nlimit = 1\n[[namespace]]\nname = "cookie"\n', "p.toml"))


async def take_in(store: Store, number: int) -> None:
    events = events_of(
        [{"id": f"m{number}", "at": NOW - 1, "source": "crm", "traits": {}, "identifiers": [("crm", str(number))]}],
        RULES,
    )
    await store.write(lambda tx: ingest(tx, events, RULES))


async def takes(store: Store, at: int) -> bool:
    return await store.write(lambda tx: take_turn(tx, at, at + 1_000))


async def test_a_turn_is_taken_once_until_it_ends_or_lapses(store: Store) -> None:
    assert [await takes(store, NOW + at) for at in (0, 0, 999, 1_000, 1_001)] == [True, False, False, True, False]
    await store.write(lambda tx: end_turn(tx, NOW + 1_500))
    assert [await takes(store, NOW + at) for at in (1_499, 1_500)] == [False, True]


async def test_of_many_who_ask_at_once_one_gets_the_turn(lasting_url: StoreUrl) -> None:
    stores = [await opened(lasting_url) for _ in range(4)]
    try:
        assert sorted(await asyncio.gather(*(takes(one, NOW) for one in stores))) == [False, False, False, True]
    finally:
        for one in stores:
            await one.close()


async def test_the_queue_is_behind_from_a_commit_to_the_next_refresh(store: Store) -> None:
    await take_in(store, 1)
    assert await store.read(is_behind)
    await refresh(store, RULES.policy)
    assert not await store.read(is_behind)
    await take_in(store, 2)
    assert await store.read(is_behind)


async def test_a_turn_is_due_until_duplicates_and_signs_of_fraud_were_both_looked_for(store: Store) -> None:
    await take_in(store, 1)
    await refresh(store, RULES.policy)
    assert await store.read(is_due)
    await scan_for_fraud(store, RULES.policy, whole=False)
    assert not await store.read(is_due)
    await take_in(store, 2)
    await scan_for_fraud(store, RULES.policy, whole=False)
    assert await store.read(is_due)
