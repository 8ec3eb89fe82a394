"""The laws of resolution, held against the oracle: whatever comes, in whatever order and batches, the store agrees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.resolve import ProfileIds, Tally
from graph_cdp.resolve.traits import trait_values
from graph_cdp.resolve.whole import compute
from graph_cdp.service.rematch import rematch
from graph_cdp.service.simulate import SimulatedProfile, Simulator
from graph_cdp.store.port import Reading, Store
from tests import oracle
from tests.stores import (
    ID_KEY,
    MEMORY,
    assert_agree,
    decisions_of,
    differences,
    dump_of,
    events_of,
    matched_link,
    opened,
    rebuilt,
    rules_of,
    state_of,
    take_in,
    truth_of,
)
from tests.strategies import LAW, Arrival, History, Plain, arrivals, histories

MUCH_LATER = 1_790_000_000_000


@asynccontextmanager
async def empty_store() -> AsyncIterator[Store]:
    store = await opened(MEMORY)
    try:
        yield store
    finally:
        await store.close()


@settings(LAW, max_examples=400)
@given(data=st.data(), history=histories())
async def test_a_store_agrees_with_the_oracle_however_a_history_arrives(data: st.DataObject, history: History) -> None:
    rules = rules_of(history.policy)
    async with empty_store() as store:
        await take_in(store, data.draw(arrivals(history)), rules)
        assert_agree(await state_of(store, rules), truth_of(history))
        assert await differences(store, rules) == ()


@settings(LAW, max_examples=100)
@given(data=st.data(), history=histories(max_events=30, max_decisions=12))
async def test_a_store_agrees_with_the_oracle_after_every_batch(data: st.DataObject, history: History) -> None:
    rules = rules_of(history.policy)
    so_far = History(history.policy, [], [], history.matched)
    async with empty_store() as store:
        for arrival in data.draw(arrivals(history)):
            await take_in(store, [arrival], rules)
            so_far = so_far._replace(
                events=so_far.events + arrival.events, decisions=so_far.decisions + arrival.decisions
            )
            assert_agree(await state_of(store, rules), truth_of(so_far))


def without_limits(history: History) -> History:
    namespaces = [{"name": namespace["name"]} for namespace in history.policy["namespaces"]]
    return history._replace(policy={**history.policy, "namespaces": namespaces})


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories(max_events=20, max_decisions=0).map(without_limits))
async def test_clusters_in_which_nothing_can_be_refused_agree_with_the_oracle_after_every_event(
    data: st.DataObject, history: History
) -> None:
    """Most clusters of a real store are such, and are not looked at again without need."""
    rules = rules_of(history.policy)
    order = data.draw(st.permutations(history.events))
    async with empty_store() as store:
        for number, event in enumerate(order, 1):
            await take_in(store, [Arrival([event], [], history.matched)], rules)
            assert_agree(await state_of(store, rules), truth_of(history._replace(events=order[:number])))


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_replaying_a_history_in_another_order_changes_nothing(data: st.DataObject, history: History) -> None:
    rules = rules_of(history.policy)
    async with empty_store() as store:
        await take_in(store, data.draw(arrivals(history)), rules)
        before = await dump_of(store)
        assert await take_in(store, data.draw(arrivals(history)), rules) == []
        assert await dump_of(store) == before


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_rebuilding_changes_nothing(data: st.DataObject, history: History) -> None:
    rules = rules_of(history.policy)
    async with empty_store() as store:
        await take_in(store, data.draw(arrivals(history)), rules)
        before = await dump_of(store)
        await rebuilt(store, rules)
        assert await dump_of(store) == before


@settings(LAW, max_examples=150)
@given(history=histories(), other=histories())
async def test_rebuilt_with_another_policy_a_store_goes_on_as_if_it_had_been_in_force_from_the_start(
    history: History, other: History
) -> None:
    rules = rules_of(other.policy)
    later = [{**event, "id": f"later {event['id']}"} for event in other.events]
    everything = History(other.policy, history.events + later, history.decisions + other.decisions, history.matched)
    async with empty_store() as store:
        await take_in(store, [Arrival(history.events, history.decisions, history.matched)], rules_of(history.policy))
        await rebuilt(store, rules)
        assert_agree(await state_of(store, rules), truth_of(history._replace(policy=other.policy)))
        await take_in(store, [Arrival(later, other.decisions, history.matched)], rules)
        assert_agree(await state_of(store, rules), truth_of(everything))
        assert await differences(store, rules) == ()


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_withdrawing_decisions_brings_back_the_earlier_profiles_ids_and_all(
    data: st.DataObject, history: History
) -> None:
    rules = rules_of(history.policy)
    at_first = history.decisions[: data.draw(st.integers(0, len(history.decisions)))]
    decided_before = {oracle.pair_of(one["a"], one["b"]) for one in at_first}
    later = [one for one in history.decisions if oracle.pair_of(one["a"], one["b"]) not in decided_before]
    withdrawn: list[Plain] = [{**one, "verdict": "unsure", "at": MUCH_LATER} for one in later]
    async with empty_store() as store:
        await take_in(store, [Arrival(history.events, at_first, history.matched)], rules)
        before = await dump_of(store)
        for decision in later:
            await take_in(store, [Arrival([], [decision])], rules)
        for decision in withdrawn:
            await take_in(store, [Arrival([], [decision])], rules)
        after = await dump_of(store)
        assert {**after, "decisions": []} == {**before, "decisions": []}


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_withdrawing_matched_links_brings_back_the_earlier_profiles_ids_and_all(
    data: st.DataObject, history: History
) -> None:
    rules = rules_of(history.policy)
    at_first = history.matched[: data.draw(st.integers(0, len(history.matched)))]
    later = history.matched[len(at_first) :]
    async with empty_store() as store:
        await take_in(store, [Arrival(history.events, history.decisions, at_first)], rules)
        before = await dump_of(store)
        await take_in(store, [Arrival([], [], (link,)) for link in later], rules)
        assert_agree(await state_of(store, rules), truth_of(history))
        pairs = [oracle.pair_of(link["a"], link["b"]) for link in later]
        await store.write(lambda tx: rematch(tx, [], rules.policy, pairs))
        assert await dump_of(store) == before


@settings(LAW, max_examples=150)
@given(data=st.data(), history=histories())
async def test_the_profile_of_an_identifier_is_what_the_oracle_says_and_every_own_id_leads_there(
    data: st.DataObject, history: History
) -> None:
    rules, truth = rules_of(history.policy), truth_of(history)
    journeys: dict[str, list[tuple[int, str]]] = {profile: [] for profile in truth.profiles}
    for event in {event["id"]: event for event in history.events}.values():
        owner = truth.owners[event["id"]]
        if owner is not None:
            journeys[truth.identifiers[owner].profile or ""].append((event["at"], event["id"]))
    async with empty_store() as store:
        await take_in(store, data.draw(arrivals(history)), rules)

        async def work(tx: Reading) -> None:
            for key, seen in truth.identifiers.items():
                assert await tx.key_of(store.ids.of(key)) == key
                view = await profile_of(tx, key, store, rules.policy, events=100)
                if seen.profile is None:
                    assert view == (await tx.identifiers([key]))[key]
                    continue
                assert isinstance(view, ProfileView)
                members = truth.profiles[seen.profile]
                assert (view.id, {one.key for one in view.identifiers}) == (seen.profile, members)
                assert view.identifiers[0].key == view.anchor
                traits = trait_values(view.traits)
                assert oracle.canonical(traits) == oracle.canonical(truth.profile_traits[seen.profile])
                newest_first = sorted(journeys[seen.profile], reverse=True)
                assert [(event.at, event.id) for event in view.events] == newest_first
                refused = {one for one in truth.refusals if members & {one.low, one.high}}
                assert {oracle.Refusal(*one) for one in view.refusals} == refused
                cluster = [one for one in truth.identifiers.values() if one.cluster == seen.cluster]
                assert view.cluster == len(cluster)

        await store.read(work)


@settings(LAW, max_examples=400)
@given(data=st.data(), history=histories(max_events=40, max_decisions=16))
def test_the_whole_store_resolution_agrees_with_the_oracle(data: st.DataObject, history: History) -> None:
    rules, truth, ids = rules_of(history.policy), truth_of(history), ProfileIds(ID_KEY)
    tally = Tally()
    met = set[str]()
    for arrival in data.draw(arrivals(history)):
        # A tally takes each event once: telling repeats is the caller's part.
        tally.add(event for event in events_of(arrival.events, rules) if event.id not in met and not met.add(event.id))
    links = [matched_link(one["a"], one["b"], one["score"]) for one in history.matched]
    found = compute(tally.evidence(), decisions_of(history.decisions), rules.policy, links)

    def named(anchor: str | None) -> str | None:
        return anchor if anchor is None else ids.of(anchor)

    assert {key: (*seen[1:5], named(seen.cluster), named(seen.profile)) for key, seen in found.seen.items()} == {
        key: seen[:6] for key, seen in truth.identifiers.items()
    }
    assert {pair: link[3:7] for pair, link in found.links.items()} == truth.links
    assert {pair: link.score for pair, link in found.matched.items()} == truth.matched
    assert sorted(oracle.Refusal(*one) for one in found.refusals) == sorted(truth.refusals)


@settings(LAW, max_examples=200)
@given(data=st.data(), history=histories())
def test_simulating_agrees_with_the_oracle(data: st.DataObject, history: History) -> None:
    rules, truth = rules_of(history.policy), truth_of(history._replace(matched=()))
    simulator = Simulator(rules.policy, ProfileIds(ID_KEY))
    steps = data.draw(arrivals(history))
    for arrival in steps:
        simulator.add(events_of(arrival.events, rules))
    found = simulator.outcome(decisions_of(history.decisions))
    assert found.profiles == tuple(
        sorted(SimulatedProfile(profile, tuple(sorted(keys))) for profile, keys in truth.profiles.items())
    )
    assert [oracle.Refusal(*one) for one in found.refusals] == sorted(truth.refusals, key=lambda one: one[:3])
    aside = {key: seen.set_aside for key, seen in truth.identifiers.items() if seen.set_aside}
    assert found.set_aside == tuple(sorted(aside.items()))
    listed = {namespace["name"] for namespace in history.policy["namespaces"]}
    events = {event["id"]: event for event in history.events}
    unlisted = [name for event in events.values() for name, _ in event["identifiers"] if name not in listed]
    assert found.counts == {
        "events": len(events),
        "duplicates": sum(len(arrival.events) for arrival in steps) - len(events),
        "conflicts": 0,
        "identifiers": len(truth.identifiers),
        "links": len(truth.links),
        "profiles": len(truth.profiles),
        "refusals": len(truth.refusals),
        "set_aside": len(aside),
        "matched": 0,
        "unknown_namespaces": {name: unlisted.count(name) for name in sorted(set(unlisted))},
        "invalid_values": {},
    }
