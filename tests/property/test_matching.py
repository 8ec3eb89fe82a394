"""The laws of matching: whatever comes in whatever order and batches, the store holds what the whole of it gives."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.policies import Rules
from graph_cdp.query.candidates import candidate_pairs, candidate_pairs_of
from graph_cdp.service.matching import run
from graph_cdp.service.simulate import simulate_store
from graph_cdp.store.port import Store
from tests.matchers import WORDS, WordMatcher, words_are_read
from tests.property.test_oracle_agreement import empty_store
from tests.stores import all_of, differences, dump_of, rebuilt, rules_of, take_in
from tests.strategies import LAW, Arrival, History, arrivals, histories


@pytest.fixture(scope="module", autouse=True)
def words() -> Iterator[None]:
    with words_are_read():
        yield


def matching(history: History) -> Rules:
    """The rules of a history, with the model of words, where every identifier is personal."""
    policy = rules_of(history.policy).policy
    namespaces = tuple(replace(one, personal=True) for one in policy.namespaces)
    return Rules.of(replace(policy, namespaces=namespaces, model=WORDS))


unmatched = histories(max_events=24).map(lambda history: history._replace(matched=()))


@settings(LAW, max_examples=300)
@given(data=st.data(), history=unmatched)
async def test_matching_as_events_come_gives_what_matching_everything_at_once_gives(
    data: st.DataObject, history: History
) -> None:
    rules = matching(history)
    async with empty_store() as store:
        for arrival in data.draw(arrivals(history)):
            await take_in(store, [arrival], rules)
            assert await differences(store, rules) == ()
        before = await dump_of(store)
        await run(store, rules.policy)
        assert await dump_of(store) == before
        await rebuilt(store, rules)
        assert await dump_of(store) == before


@settings(LAW, max_examples=100)
@given(data=st.data(), history=unmatched)
async def test_a_model_that_is_adopted_late_and_withdrawn_leaves_nothing_behind(
    data: st.DataObject, history: History
) -> None:
    rules = matching(history)
    async with empty_store() as store, empty_store() as from_the_start:
        await take_in(store, data.draw(arrivals(history)), rules._replace(policy=replace(rules.policy, model=None)))
        before = await dump_of(store)
        await run(store, rules.policy)
        await take_in(from_the_start, [Arrival(history.events, history.decisions)], rules)
        assert await dump_of(store) == await dump_of(from_the_start)
        await run(store, replace(rules.policy, model=None))
        assert await dump_of(store) == before


def with_limits(rules: Rules, limit: int | None) -> Rules:
    """The rules, with one limit for every namespace."""
    namespaces = tuple(replace(one, limit=limit) for one in rules.policy.namespaces)
    return Rules.of(replace(rules.policy, namespaces=namespaces))


async def assert_simulating_tells_what_a_rebuild_makes(store: Store, rules: Rules) -> None:
    before = await dump_of(store)
    told = await store.read(lambda tx: simulate_store(tx, rules))
    assert await dump_of(store) == before
    await rebuilt(store, rules)
    after = await dump_of(store)
    assert {key: one.id for one in told.profiles for key in one.identifiers} == {
        seen.key: store.ids.of(seen.profile) for seen in after["identifiers"] if seen.profile is not None
    }
    assert list(told.refusals) == after["refusals"]
    assert told.counts["matched"] == sum(link.kind == "matched" for link in after["links"])


@settings(LAW, max_examples=80)
@given(data=st.data(), history=histories(max_events=24), limit=st.sampled_from([None, 1, 2]))
async def test_simulating_another_policy_on_a_store_tells_what_a_rebuild_makes_matched_links_and_all(
    data: st.DataObject, history: History, limit: int | None
) -> None:
    by_a_model = data.draw(st.booleans())
    rules = matching(history) if by_a_model else rules_of(history.policy)
    async with empty_store() as store:
        await take_in(store, data.draw(arrivals(history._replace(matched=()) if by_a_model else history)), rules)
        await assert_simulating_tells_what_a_rebuild_makes(store, with_limits(rules, limit))


async def matched(history: History) -> dict[str, list[Any]]:
    async with empty_store() as store:
        await take_in(store, [Arrival(history.events, history.decisions)], matching(history))
        return await dump_of(store)


def test_each_thing_that_matching_is_about_happens_in_many_of_the_random_histories() -> None:
    times = Counter[str]()

    @settings(LAW, max_examples=200, derandomize=True, database=None)
    @given(history=unmatched)
    def count(history: History) -> None:
        dump = asyncio.run(matched(history))
        linked = {link.pair for link in dump["links"] if link.kind == "matched"}
        join = {one.pair for one in dump["candidates"] if one.band == "join"}
        crowds = Counter(key for record in dump["records"] for key in record.blocking)
        happens = {
            "joined": linked,
            "to be joined, and kept apart": join - linked,
            "to be looked at": len(dump["candidates"]) > len(join),
            "a key that finds too many": max(crowds.values(), default=0) > WordMatcher.most_records_a_key,
        }
        times.update(kind for kind, is_so in happens.items() if is_so)

    count()
    assert {kind for kind in times if times[kind] >= 5} == KINDS, times


KINDS = {"joined", "to be joined, and kept apart", "to be looked at", "a key that finds too many"}


@settings(LAW, max_examples=60)
@given(history=unmatched)
async def test_pairs_are_told_with_their_band_their_model_and_whether_a_link_joins_them(history: History) -> None:
    rules = matching(history)
    async with empty_store() as store:
        await take_in(store, [Arrival(history.events, history.decisions)], rules)
        dump = await dump_of(store)
        linked = {link.pair for link in dump["links"] if link.kind == "matched"}
        expected = [(*one[:3], one.band, one.pair in linked, WORDS.id) for one in dump["candidates"]]
        assert [
            tuple(one) for one in await store.read(lambda tx: all_of(candidate_pairs(tx, rules.policy)))
        ] == expected
        for key in {key for one in expected for key in one[:2]}:
            found = await store.read(lambda tx, key=key: candidate_pairs_of(tx, [key], rules.policy))
            assert found == [one for one in expected if key in one[:2]]
