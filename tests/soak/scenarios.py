"""What goes wrong in a service's life, at any size: small ones are among the tests of the API, long ones the soak."""

import asyncio
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from random import Random
from typing import NamedTuple

import psutil
from prometheus_client.parser import text_string_to_metric_families

from graph_cdp import local_neo4j
from graph_cdp.config import StoreUrl
from tests import oracle
from tests.http_client import Client
from tests.neo4j_servers import SMALL
from tests.soak.clients import Sending, query, review, sending, watch
from tests.soak.service import Service, running
from tests.soak.traffic import POLICY, POLICY_TEXT, hot_keys, messages, some_event
from tests.stores import ID_KEY, all_of, assert_agree, differences, opened, rules_of, state_of

_ENDLESS = 1_000_000
_CONNECTIONS = 8
_SOME = 20
_ALL_SENT_S = 600.0
_GROUPS = "graph_cdp_commit_seconds_count"


class Crowd(NamedTuple):
    """What became of a crowd: `seconds` until all events were acknowledged, what readers were answered by status."""

    events: int
    seconds: float
    groups: int
    answers: Counter[int]

    def __str__(self) -> str:
        return (
            f"{self.events:,} events in {self.seconds:.0f} s, {self.events / self.seconds:.0f} a second; "
            f"{self.groups / self.seconds:.1f} groups a second of {self.events / self.groups:.1f} events; "
            f"readers had {dict(sorted(self.answers.items()))}"
        )


def policy_file(folder: Path) -> Path:
    """The policy of the traffic, in a file."""
    path = folder / "policy.toml"
    path.write_text(POLICY_TEXT)
    return path


async def stored_ids(url: StoreUrl) -> set[str]:
    """The ids of all events that are stored."""
    store = await opened(url)
    try:
        return {event.id for event in await store.read(lambda tx: all_of(tx.scan_events()))}
    finally:
        await store.close()


async def assert_right(url: StoreUrl, acknowledged: Collection[str]) -> int:
    """See that a store holds all that was acknowledged, each once, and what the oracle says; gives how many events."""
    rules = rules_of(POLICY)
    ids = await stored_ids(url)
    assert ids.issuperset(acknowledged)
    store = await opened(url)
    try:
        events = [some_event(int(id_.removeprefix("m"))) for id_ in ids]
        decisions = [
            {"a": one.low, "b": one.high, **one._asdict()} for one in await store.read(lambda tx: tx.decisions())
        ]
        assert_agree(await state_of(store, rules), oracle.expected(events, decisions, POLICY, ID_KEY))
        assert await differences(store, rules) == ()
    finally:
        await store.close()
    return len(ids)


async def is_killed_again_and_again(url: StoreUrl, folder: Path, kills: int, workers: int = 1) -> int:
    """Kill the service at moments of all kinds while clients send; gives how many events were acknowledged."""
    random = Random(kills)
    service = Service(url, policy_file(folder), folder, workers=workers)
    try:
        service.start()
        with sending(service.url, folder, 0, _ENDLESS, _CONNECTIONS) as sender:
            for _ in range(kills):
                await _some_more(sender)
                await asyncio.sleep(random.uniform(0, 0.3))
                service.kill()
                assert (await stored_ids(url)).issuperset(sender.acknowledged())
                service.start()
            await _some_more(sender)
            sender.process.terminate()
            sent = sender.end(_ALL_SENT_S)
        assert sent.wrong == []
        assert sent.lost >= kills
        service.stop()
        acknowledged = sender.acknowledged()
        await assert_right(url, acknowledged)
        return len(acknowledged)
    finally:
        service.stop()


async def processes_beside_are_killed(url: StoreUrl, folder: Path, kills: int, workers: int = 1) -> int:
    """Kill processes that read large requests while clients send; gives how many events were acknowledged.

    No client notices, and another process follows each time.
    """
    random = Random(kills)
    with running(url, policy_file(folder), folder, workers=workers) as service:
        with sending(service.url, folder, 0, _ENDLESS, _CONNECTIONS) as sender:
            for _ in range(kills):
                process = await _beside(service, random)
                await asyncio.sleep(random.uniform(0, 0.3))
                process.kill()
                await _some_more(sender)
            await _beside(service, random)
            sender.process.terminate()
            sent = sender.end(_ALL_SENT_S)
        assert (sent.wrong, sent.lost, sent.answers.keys()) == ([], 0, {200}), sent
    await assert_right(url, sender.acknowledged())
    return len(sender.acknowledged())


async def store_is_killed_and_comes_back(folder: Path, times: int, settle_s: float = 1.0) -> tuple[int, int]:
    """Kill a Neo4j of its own under a service that is written to and read; gives how many 503 writers and readers had.

    Readers hear at once that it is gone; writers only where it stays away for longer than they wait for it.
    """
    home = folder / "neo4j"
    server = local_neo4j.start(home, **SMALL)
    try:
        url = StoreUrl.parse(server.store)
        with running(url, policy_file(folder), folder) as service:
            done = asyncio.Event()
            keys = hot_keys(1)
            reading = asyncio.gather(watch(service.address, keys, done), query(service.address, keys, done))
            with sending(service.url, folder, 0, _ENDLESS, _CONNECTIONS) as sender:
                for _ in range(times):
                    await _some_more(sender)
                    await asyncio.to_thread(_kill, server.pid)
                    await asyncio.sleep(settle_s)
                    server = await asyncio.to_thread(lambda: local_neo4j.start(home, **SMALL))
                await _some_more(sender)
                sender.process.terminate()
                sent = sender.end(_ALL_SENT_S)
            done.set()
            watched = await reading
            assert (sent.wrong, sent.lost) == ([], 0), sent
            assert sent.answers.keys() <= {200, 503}
            for one in watched:
                assert (one.wrong, one.lost) == ([], 0), one.wrong[:3]
                assert one.answers[503] > 0
        await assert_right(url, sender.acknowledged())
        return sent.answers.get(503, 0), sum(one.answers[503] for one in watched)
    finally:
        local_neo4j.stop(home)


async def disk_is_full_and_has_room_again(folder: Path, file_bytes: int = 3_000_000) -> int:
    """Bound the files of a SQLite store, send until it is full, make room; gives how many events it held when full."""
    url = StoreUrl.parse(f"sqlite:///{folder / 'graph.db'}")
    with (
        running(url, policy_file(folder), folder, file_bytes=file_bytes) as service,
        sending(service.url, folder, 0, _ENDLESS, _CONNECTIONS) as sender,
    ):
        client = Client(service.address)
        refused = 0
        while refused < 5:
            await asyncio.sleep(0.1)
            answer = await client.post("/v1/batch", {"batch": messages(range(_ENDLESS, _ENDLESS + 50))})
            if answer.status == 503:
                assert answer.json["error"]["code"] == "store_full"
                assert answer.headers["retry-after"].isdigit()
                refused += 1
            else:
                assert answer.status == 200
        full = sender.acknowledged()
        assert full != set()
        found = await client.get(f"/v1/profiles/{hot_keys(1)[0]}")
        assert found.status == 200
        assert (await stored_ids(url)).issuperset(full)
        service.make_room()
        await _some_more(sender)
        assert (await client.post("/v1/batch", {"batch": messages(range(_ENDLESS, _ENDLESS + 50))})).status == 200
        client.close()
        sender.process.terminate()
        sent = sender.end(_ALL_SENT_S)
        assert (sent.wrong, sent.lost) == ([], 0), sent
        assert sent.answers.keys() == {200, 503}
    await assert_right(url, sender.acknowledged())
    return len(full)


async def is_crowded(url: StoreUrl, folder: Path, events: int, workers: int = 3, clients: int = 16) -> Crowd:
    """Let clients write and merge around hot identifiers over several workers; gives how that went.

    Readers read them, and a reviewer decides on pairs of them, at the same time.
    """
    with running(url, policy_file(folder), folder, workers=workers) as service:
        done, keys = asyncio.Event(), hot_keys(events)
        reading = asyncio.gather(watch(service.address, keys, done), query(service.address, keys, done))
        reviewing = asyncio.create_task(review(service.address, keys, done))
        begun = time.monotonic()
        with sending(service.url, folder, 0, events, clients) as sender:
            sent = await asyncio.to_thread(sender.end, _ALL_SENT_S)
        seconds = time.monotonic() - begun
        groups = await _groups_of(service)
        done.set()
        by_rest, by_graphql = await reading
        decided = await reviewing
    assert (sent.wrong, sent.lost) == ([], 0), sent
    for watched in (by_rest, by_graphql):
        assert (watched.wrong, watched.lost) == ([], 0), watched.wrong[:3]
        assert watched.answers[200] > 0
    assert decided > 0
    assert await assert_right(url, sender.acknowledged()) == events
    return Crowd(events, seconds, groups, by_rest.answers + by_graphql.answers)


async def _groups_of(service: Service) -> int:
    """How many groups all workers committed."""
    client = Client(service.address)
    metrics = text_string_to_metric_families((await client.get("/metrics")).body.decode())
    client.close()
    counted = [sample.value for family in metrics for sample in family.samples if sample.name == _GROUPS]
    return int(sum(counted))


async def _some_more(sender: Sending, wait_s: float = 300.0) -> None:
    """Wait until some more events were acknowledged."""
    before, deadline = len(sender.acknowledged()), time.monotonic() + wait_s
    while len(sender.acknowledged()) <= before + _SOME:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def _beside(service: Service, random: Random, wait_s: float = 60.0) -> psutil.Process:
    """Wait until a worker has a process beside it; gives one of these."""
    deadline = time.monotonic() + wait_s
    while not (beside := service.beside()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return random.choice(beside)


def _kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    process.wait(30)
