"""The published scenarios: the profiles that they expect, on every store, whatever the order of arrival."""

from itertools import permutations
from math import factorial
from pathlib import Path
from random import Random

import pytest

from graph_cdp.resolve import ProfileIds
from graph_cdp.service.simulate import Simulator
from graph_cdp.store.port import Store
from tests.stores import (
    ID_KEY,
    assert_agree,
    at_once,
    decisions_of,
    differences,
    events_of,
    groups,
    made_its_own,
    rules_of,
    side_by_side,
    state_of,
    take_in,
    truth_of,
)
from tests.strategies import SCENARIOS, Arrival, Plain, scenario

ORDERS_IN_A_STORE = 40
each_scenario = pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)


def orders(events: list[Plain], at_most: int) -> list[list[Plain]]:
    """Every order of the events; where these are too many, as given, reversed, and some at random."""
    if factorial(len(events)) <= at_most:
        return [list(order) for order in permutations(events)]
    random = Random(len(events))
    return [events, events[::-1], *(random.sample(events, len(events)) for _ in range(at_most - 2))]


def batches(events: list[Plain], decisions: list[Plain], random: Random) -> list[Arrival]:
    """Cut anywhere; some of the events come once more, decisions at any time."""
    arrivals = [Arrival([], [])]
    for event in [*events, *random.sample(events, 2)]:
        arrivals[-1].events.append(event)
        if random.random() < 0.5:
            arrivals.append(Arrival([], []))
    for decision in decisions:
        random.choice(arrivals).decisions.append(decision)
    return arrivals


def test_there_are_four_scenarios() -> None:
    assert len(SCENARIOS) == 4


@each_scenario
async def test_a_scenario_gives_its_profiles_in_every_order_of_arrival(path: Path, store: Store) -> None:
    """The orders lie side by side in one store, each in namespaces of its own."""
    history, profiles = scenario(path)
    random = Random(path.stem)
    many = [
        made_its_own(history._replace(events=order), number)
        for number, order in enumerate(orders(history.events, ORDERS_IN_A_STORE))
    ]
    together = side_by_side(many)
    rules = rules_of(together.policy)
    await take_in(store, at_once(batches(one.events, one.decisions, random) for one in many), rules)
    found = await state_of(store, rules)
    assert groups(found) == {
        frozenset(f"h{number}{key}" for key in profile) for number in range(len(many)) for profile in profiles
    }
    assert_agree(found, truth_of(together))
    assert await differences(store, rules) == ()


@each_scenario
def test_simulating_a_scenario_gives_its_profiles_in_every_order_of_arrival(path: Path) -> None:
    history, profiles = scenario(path)
    rules = rules_of(history.policy)
    for order in orders(history.events, at_most=5_040):
        simulator = Simulator(rules.policy, ProfileIds(ID_KEY))
        simulator.add(events_of(order, rules))
        outcome = simulator.outcome(decisions_of(history.decisions))
        assert {frozenset(profile.identifiers) for profile in outcome.profiles} == profiles
