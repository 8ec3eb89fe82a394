"""Requests that are committed together: each is answered for itself, and suffers for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.domain.event import Event
from graph_cdp.errors import BusyError, StoreUnavailableError
from graph_cdp.policies import Rules, default_policy
from graph_cdp.service.group_commit import GroupCommit
from graph_cdp.service.in_force import InForce
from graph_cdp.service.ingest import Ingested
from graph_cdp.store.port import Reading, Store, Writing
from tests.forwarding import forwarded
from tests.stores import NOW, dump_of, opened

T = TypeVar("T")

RULES = Rules.of(default_policy())


class Watched:
    """A store that counts its transactions."""

    def __init__(self, store: Store) -> None:
        self.ids, self.group_events = store.ids, store.group_events
        self.writes = 0
        self._store = store

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        return await self._store.read(work)

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        self.writes += 1
        return await self._store.write(work)

    async def close(self) -> None:
        await self._store.close()


def event(number: int, said: str = "hello") -> Event:
    raw = {
        "messageId": f"m{number}",
        "userId": f"u{number % 7}",
        "anonymousId": f"a{number}",
        "properties": {"x": said},
    }
    read = RULES.reader.read(raw | {"timestamp": "2026-01-01T00:00:00Z"}, source="tests", now=NOW)
    assert isinstance(read, Event)
    return read


async def at_once(commits: GroupCommit, *requests: Sequence[Event]) -> list[Ingested | BaseException]:
    return await asyncio.gather(*(commits.submit(events) for events in requests), return_exceptions=True)


async def stored_ids(store: Store) -> list[str]:
    return sorted(one.id for one in (await dump_of(store))["events"])


def counts(answer: Ingested | BaseException) -> tuple[int, int, tuple[str, ...]]:
    assert isinstance(answer, Ingested), answer
    return answer.accepted, answer.duplicates, tuple(one.id for one in answer.conflicts)


async def test_each_request_is_told_what_became_of_its_own_events(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES))
    await commits.submit([event(1)])
    answers = await at_once(
        commits,
        [event(1), event(2)],
        [event(2), event(3), event(3)],
        [event(1, "other"), event(4)],
        [event(3, "other")],
    )
    assert [*map(counts, answers)] == [(1, 1, ()), (1, 2, ()), (1, 0, ("m1",)), (0, 0, ("m3",))]
    assert await stored_ids(store) == ["m1", "m2", "m3", "m4"]


async def test_what_was_answered_is_there_for_everybody_else(lasting_url: StoreUrl) -> None:
    store, other = await opened(lasting_url), await opened(lasting_url)
    try:
        commits = GroupCommit(store, InForce(RULES))

        async def send(number: int) -> None:
            await commits.submit([event(number)])
            known = await other.read(lambda tx: tx.identifiers([f"anonymous_id:a{number}"]))
            assert known

        await asyncio.gather(*(send(number) for number in range(20)))
    finally:
        await store.close()
        await other.close()


async def test_requests_that_come_together_share_a_transaction(store: Store) -> None:
    watched = Watched(store)
    answers = await at_once(GroupCommit(watched, InForce(RULES)), *([event(number)] for number in range(50)))
    assert [*map(counts, answers)] == [(1, 0, ())] * 50
    assert watched.writes == 1


async def test_a_group_has_a_bounded_number_of_events_but_for_a_request_that_has_more(store: Store) -> None:
    watched = Watched(store)
    requests = [[event(number)] for number in range(25)] + [[event(number) for number in range(30, 50)]]
    answers = await at_once(GroupCommit(watched, InForce(RULES), group_events=10), *requests)
    assert sum(counts(answer)[0] for answer in answers) == 45
    assert watched.writes == 4


async def test_nobody_suffers_for_what_another_sent(store: Store) -> None:
    unfit = event(5)._replace(id="m5\ud800")
    answers = await at_once(
        GroupCommit(store, InForce(RULES)), *([event(number)] for number in range(5)), [event(6), unfit], [event(7)]
    )
    assert isinstance(answers.pop(5), UnicodeEncodeError)
    assert [*map(counts, answers)] == [(1, 0, ())] * 6
    assert await stored_ids(store) == [f"m{number}" for number in (0, 1, 2, 3, 4, 7)]


async def test_what_cannot_wait_is_refused_and_nothing_else_is(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES), group_events=2, waiting_events=6)
    answers = await at_once(commits, *([event(number)] for number in range(10)))
    assert [*map(counts, answers[:6])] == [(1, 0, ())] * 6
    assert {type(answer) for answer in answers[6:]} == {BusyError}
    assert counts(await commits.submit([event(number) for number in range(10)])) == (4, 6, ())


async def test_closing_commits_what_was_accepted_and_takes_no_more(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES), group_events=3)
    sent = [asyncio.create_task(commits.submit([event(number)])) for number in range(20)]
    await asyncio.sleep(0)
    await commits.close()
    assert [counts(await task) for task in sent] == [(1, 0, ())] * 20
    with pytest.raises(StoreUnavailableError):
        await commits.submit([event(21)])
    assert len(await stored_ids(store)) == 20


async def test_whoever_leaves_takes_nothing_with_them(store: Store) -> None:
    commits = GroupCommit(store, InForce(RULES))
    leaver, other = (asyncio.create_task(commits.submit([event(number)])) for number in (1, 2))
    await asyncio.sleep(0)
    leaver.cancel()
    assert counts(await other) == (1, 0, ())
    assert await stored_ids(store) == ["m1", "m2"]


@pytest.mark.parametrize("lasting_url", ["neo4j-current"], indirect=True)
async def test_all_who_wait_are_told_that_the_store_is_gone_and_go_on_when_it_is_back(lasting_url: StoreUrl) -> None:
    async with forwarded(lasting_url) as through:
        store = await opened(through)
        commits = GroupCommit(store, InForce(RULES), group_events=2)
        assert [*map(counts, await at_once(commits, [event(101)]))] == [(1, 0, ())]
    answers = await at_once(commits, *([event(number)] for number in range(101, 121)))
    assert {type(answer) for answer in answers} == {StoreUnavailableError}
    async with forwarded(lasting_url, through.port):
        again = await at_once(commits, *([event(number)] for number in range(101, 121)))
        assert sum(map(sum, (counts(answer)[:2] for answer in again))) == 20
        await store.close()
