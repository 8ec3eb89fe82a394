"""A process that lives long notices the model that another one brings into force, or takes out of it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from graph_cdp.domain.event import Event
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.service.in_force import InForce
from graph_cdp.service.matching import adopt_model, adopted, run, suspended, withdraw_model
from graph_cdp.service.matching.adopt import suspend
from graph_cdp.store.port import Store
from tests.matchers import words_are_read
from tests.stores import NOW, all_of, differences

RULES = Rules.of(parse_policy('[[namespace]]\nname = "crm"\n[[namespace]]\nname = "cookie"\n', "p.toml"))


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    with words_are_read():
        yield


def event(number: int) -> Event:
    said = {
        "messageId": f"m{number}",
        "timestamp": "2026-01-01",
        "identifiers": [{"namespace": "crm", "value": str(number)}],
        "traits": {"plan": "free", "score": 7},
    }
    read = RULES.reader.read(said, source="crm", now=NOW)
    assert isinstance(read, Event)
    return read


async def matched(store: Store) -> set[tuple[str, str]]:
    """The pairs that a model joined, in a store that verifies with its own model."""
    model = adopted(await store.read(lambda tx: tx.notes()))
    in_force = RULES._replace(policy=replace(RULES.policy, model=model))
    assert await differences(store, in_force) == ()
    return {one.pair for one in await store.read(lambda tx: all_of(tx.scan_links())) if one.kind == "matched"}


async def test_a_model_that_another_process_adopts_or_withdraws_holds_for_the_next_group(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES))
    await commits.submit([event(1)])

    async def adopt() -> None:
        await run(store, await store.write(lambda tx: adopt_model(tx, "words", RULES.policy, NOW, ["crm"])))

    async def withdraw() -> None:
        await run(store, await store.write(lambda tx: withdraw_model(tx, RULES.policy, NOW)))

    await adopt()
    await commits.submit([event(2)])
    assert await matched(store) == {("crm:1", "crm:2")}
    await withdraw()
    await commits.submit([event(3)])
    assert await matched(store) == set()
    await adopt()
    await commits.submit([event(4)])
    assert await matched(store) == set()  # four records under one key are a crowd


async def test_matching_that_was_interrupted_leaves_profiles_sound_and_can_be_done_anew(
    store: Store,
) -> None:
    commits = GroupCommit(store, InForce(RULES))
    await commits.submit([event(1), event(2)])
    policy = await store.write(lambda tx: adopt_model(tx, "words", RULES.policy, NOW, ["crm"]))
    await run(store, policy)
    await store.write(suspend)
    await commits.submit([event(3)])
    # Only what is kept for matching is not what a store without a model has.
    assert {one.what for one in await differences(store, RULES)} <= {"record", "candidate"}
    model = suspended(await store.read(lambda tx: tx.notes()))
    assert model == policy.model
    await run(store, replace(policy, model=model))
    assert len(await matched(store)) == 3
    assert suspended(await store.read(lambda tx: tx.notes())) is None


async def test_a_store_without_a_model_keeps_the_rules_that_it_was_opened_with(store: Store) -> None:
    in_force = InForce(RULES)
    assert await store.write(in_force.rules_for) is RULES
