"""Large requests, whose events are read in a process beside: no answer and no profile shows it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

import orjson
import psutil

from api.collect.messages import BATCH_EVENTS, Messages, Taken
from graph_cdp.demo.traffic import bench_events
from graph_cdp.domain.event import Event
from graph_cdp.policies import Rules, default_policy
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.service.in_force import InForce
from graph_cdp.service.ingest import Ingested
from graph_cdp.service.reading_beside import WORTH_BYTES, ReadingBeside
from graph_cdp.service.unread import Read, Unread
from graph_cdp.store.port import Store, Writing
from tests.stores import ID_KEY, MEMORY, NOW, differences, dump_of, opened

T = TypeVar("T")

RULES = Rules.of(default_policy())

Answer = tuple[Sequence[Event], Taken, Ingested]


def request(messages: Sequence[Any], padding: int = WORTH_BYTES) -> Messages:
    return Messages(orjson.dumps({"batch": messages, "pad": " " * padding}), NOW, "tests")


def requests(count: int, size: int = 60) -> list[Messages]:
    events = bench_events(count * size, 5)
    return [request(list(islice(events, size))) for _ in range(count)]


def ids_of(sent: Iterable[Messages]) -> list[str]:
    return sorted({event.id for one in sent for event in one.read(RULES.reader)[0]})


async def is_there(beside: ReadingBeside) -> None:
    """Wait until the process beside has started."""
    while not beside.takes(request([])) or await beside.read([request([])]) is None:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)


async def at_once(commits: GroupCommit, sent: Iterable[Messages]) -> list[Answer]:
    return await asyncio.gather(*map(commits.read_and_submit, sent))


def processes() -> list[psutil.Process]:
    found = psutil.Process().children()
    alive = [one for one in found if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in alive if any("reading_beside" in part for part in one.cmdline())]


async def test_what_is_read_beside_is_stored_as_what_is_read_here(store: Store) -> None:
    sent = requests(12)
    commits, here = GroupCommit(store, InForce(RULES), group_events=200), await opened(MEMORY)
    await is_there(commits.beside)
    answers = await at_once(commits, sent)
    for one, (events, taken, ingested) in zip(sent, answers, strict=True):
        assert ([*events], taken) == one.read(RULES.reader)
        assert ingested.accepted + ingested.duplicates == len(taken.places) == 60
        await GroupCommit(here, InForce(RULES)).submit(events)
    assert await dump_of(store) == await dump_of(here)
    assert await differences(store, RULES) == ()
    await commits.close()
    await here.close()


async def test_small_requests_of_a_group_count_as_the_large_one_beside_them(store: Store) -> None:
    said = {"userId": "u", "anonymousId": "a", "timestamp": "2026-01-01T00:00:00Z"}
    paddings = enumerate([0, WORTH_BYTES, 0])
    sent = [request([{**said, "messageId": f"m{number}"}], padding) for number, padding in paddings]
    commits, here = GroupCommit(store, InForce(RULES)), await opened(MEMORY)
    await is_there(commits.beside)
    await at_once(commits, sent)
    await GroupCommit(here, InForce(RULES)).submit([event for one in sent for event in one.read(RULES.reader)[0]])
    assert await dump_of(store) == await dump_of(here)
    assert await differences(store, RULES) == ()
    await commits.close()
    await here.close()


async def test_each_request_is_told_what_became_of_its_own(store: Store) -> None:
    said = {"userId": "u", "event": "Bought"}
    first = [{**said, "messageId": "m1", "timestamp": "2026-01-01T00:00:00Z"}]
    other = [{"messageId": "m1", "userId": "other", "timestamp": "2026-01-01T00:00:00Z"}, {"userId": 5}, *first]
    commits = GroupCommit(store, InForce(RULES))
    await is_there(commits.beside)
    (_, _, once), (_, taken, both) = await at_once(commits, [request(first), request(other)])
    ((_, _, again),) = await at_once(commits, [request(first)])
    assert (once.accepted, once.duplicates) == (1, 0)
    assert (both.accepted, both.duplicates, [one.id for one in both.conflicts]) == (0, 1, ["m1"])
    assert taken.places == [0, 2]
    assert [(one.place, one.path) for one in taken.refused] == [(1, "userId")]
    assert (again.accepted, again.duplicates) == (0, 1)
    await commits.close()


async def test_what_the_process_has_read_and_nobody_stored_is_stored_when_it_comes_again(store: Store) -> None:
    sent, beside = requests(3), ReadingBeside(RULES.policy, ProfileIds(ID_KEY))
    commits = GroupCommit(store, InForce(RULES), beside=beside)
    await is_there(commits.beside)
    assert await beside.read(sent) is not None
    ingested = [one for _, _, one in await at_once(commits, sent)]
    assert sum(one.accepted for one in ingested) == len(
        {event.id for one in sent for event in one.read(RULES.reader)[0]}
    )
    assert await differences(store, RULES) == ()
    await commits.close()


async def test_a_process_that_dies_takes_nothing_with_it_and_another_one_follows(store: Store) -> None:
    sent = requests(9)
    commits = GroupCommit(store, InForce(RULES), group_events=150)
    for three in (sent[:3], sent[3:6], sent[6:]):
        await is_there(commits.beside)
        (process,) = processes()
        waiting = asyncio.gather(*map(commits.read_and_submit, three))
        process.kill()
        await waiting
    assert sorted(event.id for event in (await dump_of(store))["events"]) == ids_of(sent)
    assert await differences(store, RULES) == ()
    await commits.close()
    assert processes() == []


async def test_a_process_that_hangs_is_ended_and_takes_nothing_with_it() -> None:
    store, sent = await opened(MEMORY), requests(3)
    commits = GroupCommit(store, InForce(RULES))
    await is_there(commits.beside)
    (process,) = processes()
    process.suspend()
    await at_once(commits, sent)
    assert process not in processes()
    assert sorted(event.id for event in (await dump_of(store))["events"]) == ids_of(sent)
    await is_there(commits.beside)
    await commits.close()
    await store.close()


async def test_a_process_that_dies_before_it_has_started_is_followed_by_another_one() -> None:
    beside = ReadingBeside(RULES.policy, ProfileIds(ID_KEY))
    assert beside.takes(request([]))
    assert await beside.read(requests(1)) is None
    while not (started := processes()):  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)
    started[0].kill()
    await is_there(beside)
    assert await beside.read(requests(1)) is not None
    await beside.close()


async def test_an_interrupt_at_the_terminal_is_not_for_a_process_beside() -> None:
    beside = ReadingBeside(RULES.policy, ProfileIds(ID_KEY))
    assert beside.takes(request([]))
    while not (started := processes()):  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)
    assert os.getpgid(started[0].pid) == started[0].pid != os.getpgrp()
    await is_there(beside)
    await beside.close()


async def test_a_request_that_cannot_be_read_costs_those_beside_it_nothing(store: Store) -> None:
    good = requests(2)
    many = request([{"userId": "u"}] * (BATCH_EVENTS + 1))
    broken = [Messages(b" " * WORTH_BYTES, NOW, "tests"), request(5), many]  # type: ignore[arg-type]
    commits = GroupCommit(store, InForce(RULES))
    await is_there(commits.beside)
    _, *wrong, _ = await at_once(commits, [good[0], *broken, good[1]])
    assert [str(taken.error) for _, taken, _ in wrong] == [
        "The body cannot be read as JSON.",
        "The body must have a list of events under `batch`.",
        "The batch has more than 2,500 events.",
    ]
    assert sorted(event.id for event in (await dump_of(store))["events"]) == ids_of(good)
    await commits.close()


async def test_until_the_process_is_there_requests_are_read_here(store: Store) -> None:
    sent, commits = requests(3), GroupCommit(store, InForce(RULES), group_events=100)
    answers = await at_once(commits, sent)
    assert [([*events], taken) for events, taken, _ in answers] == [one.read(RULES.reader) for one in sent]
    await commits.close()


async def test_small_requests_start_no_process(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES))
    await at_once(commits, [request([{"userId": "u"}], 0)] * 3)
    assert processes() == []
    await commits.close()


async def test_the_next_group_is_read_while_one_is_stored(store: Store) -> None:
    sent, may_end = requests(4), asyncio.Event()

    class Held:
        """A store that ends no transaction until it may."""

        ids, one_moment, group_events = store.ids, store.one_moment, 120
        read, close = store.read, store.close

        async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
            await may_end.wait()
            return await store.write(work)

    class Counted(ReadingBeside):
        groups = 0

        async def read(self, requests: Sequence[Unread[Any]]) -> Read | None:
            self.groups += 1
            return await super().read(requests)

    beside = Counted(RULES.policy, store.ids)
    commits = GroupCommit(Held(), InForce(RULES), beside=beside)
    await is_there(commits.beside)
    beside.groups = 0
    waiting = asyncio.gather(*map(commits.read_and_submit, sent))
    while beside.groups < 2:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    may_end.set()
    await waiting
    assert sorted(event.id for event in (await dump_of(store))["events"]) == ids_of(sent)
    await commits.close()
