"""Subscribers of three services on one store, over connections that break: they get what the feed holds, each once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from graph_cdp.config import StoreUrl
from graph_cdp.domain.change import Commit
from graph_cdp.query.following import Place
from tests.api.breaking import breaking_way
from tests.api.node import client_command
from tests.api.servers import serving
from tests.api.subscribers import IDENTITIES, PROFILE, Plain, feed_of, here, post, socket, store_at, track

ACCOUNTS = 6
BROWSERS = 8
ROUNDS = 40
LONGEST_S = 0.4
SETTLED_S = 60.0

Follower = Callable[[str, str, list[Plain]], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def workers(empty_url: StoreUrl, folder: Path) -> Iterator[list[str]]:
    """The addresses of three services on one store."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(empty_url, folder)).url for _ in range(3)]


async def write(url: str, name: str, rng: Random) -> None:
    """Send events that merge profiles, split them, and name browsers that somebody else took over."""
    for number in range(ROUNDS):
        who, browser = f"a{rng.randrange(ACCOUNTS)}", f"b{rng.randrange(BROWSERS)}"
        id_ = f"{name}-{number}"
        match rng.randrange(4):
            case 0:
                event = track(who, None, id_)
            case 1:
                event = {
                    "type": "page",
                    "name": "Home",
                    "messageId": id_,
                    "anonymousId": f"{browser}-{rng.randrange(9)}",
                }
            case 2:
                event = track(who, f"{browser}-{rng.randrange(9)}", id_)
            case _:
                event = track(who, browser, id_)
        await post(url, event)
        await asyncio.sleep(rng.uniform(0, 0.03))


async def follow_by_hand(url: str, query: str, after: str, got: list[Plain], **variables: Any) -> None:
    """Follow for ever, and after each break go on behind the last cursor."""
    while True:
        with suppress(OSError, WebSocketException, EOFError):
            async with socket(url) as one:
                await one.subscribe(query, after=got[-1]["cursor"] if got else after, **variables)
                while True:
                    got.append(await one.event())
        await asyncio.sleep(0.02)


async def follow_by_library(library: str, url: str, after: str, got: list[Plain]) -> None:
    """Follow for ever with a library of npm, which comes again by itself."""
    command, environment = client_command("subscribe.cjs", library, url, after)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            got += [json.loads(line)]
        pytest.fail(f"{library} gave up: {await process.wait()}")
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@asynccontextmanager
async def following(works: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        failed = [task.exception() for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert failed == []


async def settled(lists: Sequence[list[Plain]], expected: Sequence[int]) -> None:
    """Wait until as much has come as is expected, and then a little longer for what should not come."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED_S):
            while any(len(got) < wanted for got, wanted in zip(lists, expected, strict=True)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)


def identities_in(feed: Sequence[Commit]) -> list[Plain]:
    """All changes of identity of a feed, as a subscriber sees them, without their cursors."""
    return [
        {"kind": one.kind.upper(), "before": list(one.before), "after": list(one.after), "reason": one.reason}
        for commit in feed
        for one in commit.changes
    ]


def places(got: Sequence[Plain]) -> list[tuple[int, int]]:
    return [Place.at(one["cursor"])[:2] for one in got]


async def test_subscribers_whose_connections_break_get_all_that_the_feed_holds_and_nothing_twice(
    workers: list[str], empty_url: StoreUrl
) -> None:
    rng = Random(7)
    await post(workers[0], *(track(f"a{number}", None, f"known-{number}") for number in range(ACCOUNTS)))
    start = await here(workers[0])
    by_hand, by_socket, by_stream = list[Plain](), list[Plain](), list[Plain]()
    by_account: dict[str, list[Plain]] = {f"a{number}": [] for number in range(ACCOUNTS)}
    async with store_at(empty_url) as store, breaking_way(workers, rng, LONGEST_S) as (way, url):
        works = [
            follow_by_hand(url, IDENTITIES, start, by_hand),
            follow_by_library("graphql-ws", url, start, by_socket),
            follow_by_library("graphql-sse", url, start, by_stream),
            *(
                follow_by_hand(url, PROFILE, start, got, key={"namespace": "user_id", "value": who})
                for who, got in by_account.items()
            ),
        ]
        async with following(works):
            await asyncio.gather(*(write(url, f"w{n}", Random(n)) for n, url in enumerate(workers)))
            cuts = way.cuts
            way.mend()
            feed = await feed_of(store, Place.at(start).seq)
            identities = identities_in(feed)
            # A profile that is named by its account keeps its id whatever happens around it.
            touched = {
                who: [commit.seq for commit in feed if store.ids.of(f"user_id:{who}") in commit.touched]
                for who in by_account
            }
            lists = [by_hand, by_socket, by_stream, *by_account.values()]
            await settled(lists, [len(identities)] * 3 + [len(touched[who]) for who in by_account])
    assert cuts > 20
    assert {"MERGED", "SPLIT", "REFUSED"} <= {one["kind"] for one in identities}
    for got in (by_hand, by_socket, by_stream):
        assert [{name: value for name, value in one.items() if name != "cursor"} for one in got] == identities
        assert places(got) == sorted(set(places(got)))
    for who, got in by_account.items():
        assert [Place.at(one["cursor"]).seq for one in got] == touched[who]
        assert {one["id"] for one in got} == {store.ids.of(f"user_id:{who}")}


async def test_what_one_service_commits_subscribers_of_another_see(workers: list[str]) -> None:
    async with socket(workers[0]) as one:
        await one.subscribe(PROFILE, key={"namespace": "user_id", "value": "a0"})
        await asyncio.sleep(0.5)
        for number, url in enumerate(workers):
            await post(url, track("a0", f"desk-{number}", f"seen-{number}"))
            keys = {seen["key"] for seen in (await one.event())["profile"]["identifiers"]}
            assert f"anonymous_id:desk-{number}" in keys
