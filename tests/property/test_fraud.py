"""Laws of the signs of fraud: the order of arrival changes none, and looking at what changed is looking at all."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.policy import FraudRule, Policy
from graph_cdp.domain.review import Finding
from graph_cdp.fraud import RULES
from graph_cdp.fraud import groups as groups_module
from graph_cdp.policies import Rules
from graph_cdp.service.decide import decide
from graph_cdp.service.fraud.look import findings_about, fraud_findings
from graph_cdp.service.ingest import ingest
from graph_cdp.store.port import Store, Writing
from tests.stores import MEMORY, NOW, decisions_of, opened, rules_of
from tests.strategies import LAW, Arrival, History, Plain, arrivals, histories, raw_event

SPOTS = ((52.5, 13.4), (48.9, 2.3), (-33.9, 18.4), None)
SENSITIVE = {"above": 1, "at_least": 2, "within_hour": 2, "within_day": 2, "alone_percent": 1, "density_percent": 1}
WAYS = tuple(product((200, 2), ("email", "string")))


def sensitive(policy: Policy, kind: str) -> Policy:
    """A policy that takes little for a sign, and every second namespace for one of e-mail addresses, where asked."""
    namespaces = tuple(replace(one, normalise=kind) if one.rank % 2 else one for one in policy.namespaces)
    numbers = {
        name: {key: SENSITIVE.get(key, number) for key, number in rule.numbers.items()} for name, rule in RULES.items()
    }
    return replace(policy, namespaces=namespaces, fraud={name: FraudRule(numbers=numbers[name]) for name in RULES})


def located(event: Plain) -> Plain:
    """The event as it is sent, from somewhere that its id tells."""
    spot = SPOTS[int(event["id"].removeprefix("m")) % len(SPOTS)]
    place = {} if spot is None else {"context": {"location": {"latitude": spot[0], "longitude": spot[1]}}}
    return raw_event(event) | place


async def arrive(store: Store, arrival: Arrival, rules: Rules) -> set[str]:
    """Take in what arrives at once; gives the ids of the profiles that this touched."""
    read = [rules.reader.read(located(event), source="tests", now=NOW) for event in arrival.events]
    events = [event for event in read if isinstance(event, Event)]
    decisions: list[Decision] = decisions_of(arrival.decisions)

    async def work(tx: Writing) -> set[str]:
        ingested = await ingest(tx, events, rules)
        decided = (await decide(tx, decisions, rules.policy)).touched if decisions else ()
        return {*ingested.touched, *decided}

    return await store.write(work)


def named(findings: Iterable[Finding]) -> dict[str, Finding]:
    by_name = {one.name: one for one in findings}
    for one in by_name.values():
        assert 0 < one.score <= 1
        assert list(one.keys) == sorted(set(one.keys))
    return by_name


@pytest.mark.parametrize(("small", "kind"), WAYS)
@given(data=st.data(), history=histories())
@settings(LAW, max_examples=60)
async def test_looking_again_at_what_each_change_touched_finds_what_looking_at_all_finds(small, kind, data, history):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups_module, "SMALL", small)
        await assert_parts_are_the_whole(history, data.draw(arrivals(history)), kind)


async def assert_parts_are_the_whole(history: History, ways: list[Arrival], kind: str) -> None:
    rules = rules_of(history.policy)
    policy = sensitive(rules.policy, kind)
    live, fresh = await opened(MEMORY), await opened(MEMORY)
    kept: dict[str, Finding] = {}
    for arrival in ways:
        touched = await arrive(live, arrival, rules)
        for looked in await live.read(lambda tx, touched=touched: findings_about(tx, policy, touched)):
            kept = {
                name: one
                for name, one in kept.items()
                if one.rule not in looked.rules or looked.about.isdisjoint(one.keys)
            }
            kept |= named(looked.findings)
        assert kept == named(await live.read(lambda tx: fraud_findings(tx, policy)))
    await arrive(fresh, Arrival(history.events, history.decisions), rules)
    assert kept == named(await fresh.read(lambda tx: fraud_findings(tx, policy)))
    await live.close()
    await fresh.close()
