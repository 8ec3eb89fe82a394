"""Sixteen writers in four processes, all of them at one hot identifier, come to what the oracle says."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

import pytest

from graph_cdp.config import StoreUrl
from tests.contract.rows import NOON
from tests.contract.writers import write
from tests.stores import assert_agree, differences, dump_of, opened, rebuilt, rules_of, state_of, truth_of
from tests.strategies import Arrival, History, Plain

PROCESSES, WRITERS_IN_EACH, BATCHES_OF_EACH = 4, 4, 8
WRITERS = PROCESSES * WRITERS_IN_EACH

POLICY: Plain = {
    "namespaces": [{"name": "crm", "limit": 2}, {"name": "email"}, {"name": "cookie", "shared_above": 3}],
    "traits": {"plan": {"survivorship": "most_frequent"}},
}


def some_event(number: int, hot: tuple[str, str], random: Random) -> Plain:
    cold = random.sample([("crm", f"c{one}") for one in range(9)] + [("cookie", f"k{one}") for one in range(6)], 2)
    return {
        "id": f"m{number}",
        "at": NOON + random.randrange(50),
        "source": random.choice(["web", "app", "store"]),
        "identifiers": [hot, *cold],
        "traits": {"plan": random.choice(["free", "paid", None])},
    }


def some_decision(random: Random) -> Plain:
    a, b = random.sample([f"crm:c{one}" for one in range(9)], 2)
    verdict = random.choice(["same", "different", "unsure"])
    return {"a": a, "b": b, "verdict": verdict, "at": NOON + random.randrange(50), "by": "ann", "reason": "asked"}


def traffic(hot: tuple[str, str], random: Random) -> tuple[History, list[list[Arrival]]]:
    """A history, and the batches of each writer; every fifth event is sent by two of them."""
    events = [some_event(number, hot, random) for number in range(WRITERS * BATCHES_OF_EACH * 2)]
    sent = [list[Plain]() for _ in range(WRITERS)]
    for number, event in enumerate(events):
        for writer in random.sample(range(WRITERS), 2 if number % 5 == 0 else 1):
            sent[writer].append(event)
    decisions = [some_decision(random) for _ in range(WRITERS)]
    batches = [
        [Arrival(mine[start : start + 3], []) for start in range(0, len(mine), 3)] + [Arrival([], [decision])]
        for mine, decision in zip(sent, decisions, strict=True)
    ]
    for mine in batches:
        random.shuffle(mine)
    return History(POLICY, events, decisions), batches


async def write_at_once(url: StoreUrl, batches: Sequence[Sequence[Arrival]]) -> None:
    loop = asyncio.get_running_loop()
    shares = [batches[process::PROCESSES] for process in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, write, url, POLICY, share) for share in shares))


@pytest.mark.parametrize("hot", [("email", "hot"), ("cookie", "kiosk")], ids=["that joins", "that becomes shared"])
async def test_writers_in_several_processes_at_one_hot_identifier_all_succeed_and_agree_with_the_oracle(
    lasting_url: StoreUrl, hot: tuple[str, str]
) -> None:
    history, batches = traffic(hot, Random(16))
    rules = rules_of(POLICY)
    await write_at_once(lasting_url, batches)
    store = await opened(lasting_url)
    try:
        assert_agree(await state_of(store, rules), truth_of(history))
        assert await differences(store, rules) == ()
        before = await dump_of(store)
        await rebuilt(store, rules)
        assert await dump_of(store) == before
    finally:
        await store.close()
