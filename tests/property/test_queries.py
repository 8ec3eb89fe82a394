"""What is asked of a store: a profile as it was is what a store of that time would say, and explanations hold."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import permutations

from hypothesis import given, settings

from graph_cdp.query.as_of import profile_as_of
from graph_cdp.query.explain import Explanation, explain
from graph_cdp.query.profile import profile_of
from graph_cdp.store.port import Reading, Store
from tests import oracle
from tests.stores import MEMORY, opened, rules_of, take_in, truth_of
from tests.strategies import LAW, Arrival, History, histories


@asynccontextmanager
async def store_of(history: History) -> AsyncIterator[Store]:
    store = await opened(MEMORY)
    try:
        await take_in(store, [Arrival(history.events, history.decisions, history.matched)], rules_of(history.policy))
        yield store
    finally:
        await store.close()


def until(history: History, at: int) -> History:
    """What had happened by a time."""
    return history._replace(
        events=[event for event in history.events if event["at"] <= at],
        decisions=[decision for decision in history.decisions if decision["at"] <= at],
    )


@settings(LAW, max_examples=100)
@given(history=histories())
async def test_a_profile_as_of_a_time_is_what_a_store_of_only_what_had_happened_by_then_says(history: History) -> None:
    rules, keys = rules_of(history.policy), truth_of(history).identifiers
    moments = {one["at"] for one in (*history.events, *history.decisions)}
    async with store_of(history) as store:
        for at in {moment + step for moment in moments for step in (-1, 0)}:
            async with store_of(until(history, at)) as earlier:
                for key in keys:
                    was = await store.read(lambda tx, key=key, at=at: profile_as_of(tx, key, at, store, rules, 99))
                    then = await earlier.read(lambda tx, key=key: profile_of(tx, key, earlier, rules.policy, 99))
                    assert was == then


def in_order(history: History, truth: oracle.Expected) -> list[tuple[oracle.Pair, str]]:
    """All links of identifiers that are not set aside, with their kind, in the order of steps 2 and 3."""
    rank = {namespace["name"]: place for place, namespace in enumerate(history.policy["namespaces"])}
    links = [
        ((low, high), kind)
        for low, high, kind in oracle.judged_links(oracle.standing(history.decisions), history.matched)
    ]
    links += [(pair, "observed") for pair in oracle.by_strength(truth.links, rank)]
    free = {key for key, seen in truth.identifiers.items() if seen.cluster}
    return [(pair, kind) for pair, kind in links if free.issuperset(pair)]


def connected(a: str, b: str, pairs: Iterable[oracle.Pair], within: set[str]) -> bool:
    inside = [pair for pair in pairs if within.issuperset(pair)]
    return any({a, b} <= part for part in oracle.components(within, inside))


def assert_holds(found: Explanation, history: History, truth: oracle.Expected) -> None:
    """The verdict is right, and the path leads from one to the other by links none of which could be stronger."""
    a, b = found.a, found.b
    one, other = truth.identifiers[a], truth.identifiers[b]
    if one.cluster is None or one.cluster != other.cluster:
        assert found.verdict in ("set_aside", "unconnected")
        for seen in found.aside:
            assert truth.identifiers[seen.seen.key].set_aside == seen.seen.set_aside is not None
        assert {a, b}.intersection(truth.identifiers) == {a, b}
        if one.set_aside or other.set_aside:
            assert [each.seen.key for each in found.aside] == [
                key for key in (a, b) if truth.identifiers[key].set_aside
            ]
        assert (found.verdict == "set_aside") == bool(found.aside)
        return
    same = one.profile == other.profile
    assert found.verdict == ("same_profile" if same else "kept_apart")
    at = "profile" if same else "cluster"
    within = {key for key, seen in truth.identifiers.items() if getattr(seen, at) == getattr(one, at)}
    links = in_order(history, truth)
    steps = [(step.link.pair, step.link.kind) for step in found.path]
    here = a
    for step in found.path:
        assert here in step.link.pair
        (here,) = {*step.link.pair} - {here}
        assert within.issuperset(step.link.pair)
        crossing = len({truth.identifiers[key].profile for key in step.link.pair}) > 1
        assert (step.refusal is not None) == crossing
        if step.refusal:
            assert oracle.Refusal(*step.refusal) in truth.refusals
        named = [
            (event["at"], event["id"])
            for event in {event["id"]: event for event in history.events}.values()
            if {f"{name}:{value}" for name, value in event["identifiers"]}.issuperset(step.link.pair)
        ]
        assert [(event.at, event.id) for event in step.examples] == sorted(named, reverse=True)[:3]
    assert here == b
    weakest = max(links.index(step) for step in steps)
    assert connected(a, b, [pair for pair, _ in links[: weakest + 1]], within)
    assert not connected(a, b, [pair for pair, _ in links[:weakest]], within)
    sides = {one.profile, other.profile}
    between = {
        refusal
        for refusal in truth.refusals
        if {truth.identifiers[refusal.low].profile, truth.identifiers[refusal.high].profile} == sides
    }
    assert {oracle.Refusal(*refusal) for refusal in found.refusals} == (set() if same else between)


@settings(LAW, max_examples=150)
@given(history=histories())
async def test_every_explanation_holds(history: History) -> None:
    policy, truth = rules_of(history.policy).policy, truth_of(history)

    async def work(tx: Reading) -> None:
        for a, b in permutations(truth.identifiers, 2):
            assert_holds(await explain(tx, a, b, policy), history, truth)

    async with store_of(history) as store:
        await store.read(work)
