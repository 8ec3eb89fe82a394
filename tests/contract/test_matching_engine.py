"""The real engine of matching on every store: what comes one by one is matched as everything at once."""

from dataclasses import replace
from random import Random

import pytest

from graph_cdp import match
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.link import Pair
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.service.decide import decide
from graph_cdp.service.ingest import ingest
from graph_cdp.service.matching import adopt_model, run, whys
from graph_cdp.store.port import Store
from tests.match_records import made
from tests.stores import NOW, all_of, differences, dump_of

TABLE, _ = made(60, 3)
RULES = Rules.of(parse_policy('[[namespace]]\nname = "crm"\nlimit = 1\n', "the policy of the test"))


@pytest.fixture(scope="module")
def model() -> match.Model:
    table, _ = made(300, 4)
    return match.train(table, match.recognise(table))


def told(row: int, version: int, traits: match.Record) -> Event:
    """What a source says of a record."""
    raw = {
        "type": "identify",
        "messageId": f"{row}-{version}",
        "timestamp": f"2026-01-0{1 + version}T00:00:00Z",
        "identifiers": [{"namespace": "crm", "value": f"{row:03}"}],
        "traits": {name: value for name, value in traits.items() if value is not None},
    }
    event = RULES.reader.read(raw, source="tests", now=NOW)
    assert isinstance(event, Event)
    return event


async def take_in(store: Store, rules: Rules, *events: Event) -> None:
    await store.write(lambda tx: ingest(tx, events, rules))


async def by_the_batch(store: Store, model: match.Model) -> dict[Pair, tuple[float, str]]:
    """The pairs that matching a table of what the store knows finds, but for those that are apart."""
    held = await store.read(lambda tx: all_of(tx.scan_traits()))
    traits = {one.key: dict[str, str]() for one in held}
    for one in held:
        traits[one.key][one.name] = str(one.write.value)
    keys = sorted(traits)
    pairs = match.match(match.Table.of_records([traits[key] for key in keys]), model).pairs
    columns = (column.tolist() for column in (pairs.a, pairs.b, pairs.weight, pairs.band))
    return {
        (keys[a], keys[b]): (weight, match.BANDS[band]) for a, b, weight, band in zip(*columns, strict=True) if band
    }


async def test_records_that_come_one_by_one_are_matched_as_the_whole_store_is(store: Store, model: match.Model) -> None:
    rows, random = list(range(len(TABLE))), Random(5)
    random.shuffle(rows)
    await take_in(store, RULES, *(told(row, 0, TABLE.record(row)) for row in rows[:60]))
    policy = await store.write(lambda tx: adopt_model(tx, match.model_to_json(model), RULES.policy, NOW))
    await run(store, policy)
    rules = RULES._replace(policy=policy)
    for row in rows[60:80]:
        await take_in(store, rules, told(row, 0, TABLE.record(row)))
    await take_in(store, rules, *(told(row, 0, TABLE.record(row)) for row in rows[80:]))
    for row in random.sample(rows, 5):
        await take_in(store, rules, told(row, 1, {**TABLE.record(row), "surname": "Müller", "town": None}))
    linked = [link.pair for link in (await dump_of(store))["links"] if link.kind == "matched"]
    assert len(linked) > 20
    for at, (pair, verdict) in enumerate([(linked[0], "different"), ((linked[1][0], linked[-1][1]), "same")]):
        decision = Decision.of(*pair, verdict, NOW + at, "ann", "the test")
        await store.write(lambda tx, decision=decision: decide(tx, [decision], policy))
    assert await differences(store, rules) == ()
    before = await dump_of(store)
    assert {one.pair: (one.weight, one.band) for one in before["candidates"]} == await by_the_batch(store, model)
    await run(store, policy)
    assert await dump_of(store) == before
    await run(store, replace(policy, model=None))
    assert await differences(store, RULES) == ()


async def test_of_each_pair_every_attribute_tells_what_it_adds_and_all_add_up_to_its_weight(
    store: Store, model: match.Model
) -> None:
    text = match.model_to_json(model)
    await take_in(store, RULES, *(told(row, 0, TABLE.record(row)) for row in range(len(TABLE))))
    policy = await store.write(lambda tx: adopt_model(tx, text, RULES.policy, NOW))
    await run(store, policy)
    weights = {one.pair: one.weight for one in await store.read(lambda tx: all_of(tx.scan_candidates()))}
    assert weights
    found = await store.read(lambda tx: whys(tx, weights, policy))
    assert {pair: why.weight for pair, why in found.items()} == pytest.approx(weights)
    for why in found.values():
        assert why.prior + sum(bar.weight for bar in why.bars) == pytest.approx(why.weight)
        assert [bar.attribute for bar in why.bars][: len(model.attributes)] == [
            learned.attribute.name for learned in model.attributes
        ]
    unknown = ("crm:000", "crm:999")
    assert await store.read(lambda tx: whys(tx, [unknown], policy)) == {}
    assert await store.read(lambda tx: whys(tx, weights, RULES.policy)) == {}
