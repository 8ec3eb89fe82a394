"""Neo4j's own: writers and readers at once, processes that die, connections that are lost."""

import asyncio
import sys
from pathlib import Path

import orjson
import pytest

from graph_cdp.resolve import Placed
from graph_cdp.service.ingest import Ingested, ingest
from graph_cdp.store import neo4j as neo4j_store
from graph_cdp.store.neo4j_session import HalfDoneError
from graph_cdp.store.port import Reading, Store, Writing
from tests.contract.rows import NOON, place, put, seen
from tests.contract.test_store_transactions import write_some_of_everything
from tests.neo4j_servers import asked, driver_of
from tests.stores import (
    MEMORY,
    differences,
    dump_of,
    events_of,
    opened,
    placed,
    rules_of,
    take_in,
)
from tests.strategies import Arrival, Plain

ROOT = Path(__file__).parent.parent.parent

HOT: Plain = {
    "namespaces": [
        {"name": "crm", "limit": 1},
        {"name": "email", "limit": 2, "shared_above": 3},
        {"name": "cookie", "shared_above": 4},
    ],
    "traits": {},
}


async def test_work_that_meets_a_deadlock_is_run_again_and_its_caller_never_knows(neo4j: Store) -> None:
    await put(neo4j, "crm:1", "crm:2")
    runs = 0
    both = asyncio.Barrier(2)

    async def work(tx: Writing, first: str, second: str) -> None:
        nonlocal runs
        runs += 1
        await tx.lock([first])
        if runs <= 2:
            await both.wait()
        known = await tx.lock([first, second])
        await tx.put_identifiers([one._replace(count=one.count + 1) for one in known.values()])

    await asyncio.gather(
        neo4j.write(lambda tx: work(tx, "crm:1", "crm:2")), neo4j.write(lambda tx: work(tx, "crm:2", "crm:1"))
    )
    assert runs == 3
    known = await neo4j.read(lambda tx: tx.identifiers(["crm:1", "crm:2"]))
    assert {one.count for one in known.values()} == {3}


async def test_work_that_stores_an_event_after_a_faster_writer_is_run_again_and_finds_it(neo4j: Store) -> None:
    rules = rules_of(HOT)
    events = events_of([_said(1, ["crm", "1"], ["cookie", "k"])], rules)
    runs = 0
    both = asyncio.Barrier(2)

    async def work(tx: Writing) -> Ingested:
        nonlocal runs
        runs += 1
        await tx.stored_events([one.id for one in events])
        if runs <= 2:
            await both.wait()
        return await ingest(tx, events, rules)

    counts = [(one.accepted, one.duplicates) for one in await asyncio.gather(neo4j.write(work), neo4j.write(work))]
    assert sorted(counts) == [(0, 1), (1, 0)]
    dump = await dump_of(neo4j)
    assert [one.count for one in dump["identifiers"]] == [1, 1]
    assert [one.count for one in dump["links"]] == [1]


async def test_what_appears_in_a_locked_cluster_waits_for_its_lock(neo4j: Store) -> None:
    """While one writer holds a cluster by a member, another that names another member waits, and then sees it moved."""
    await put(neo4j, "crm:1", "cookie:j", "cookie:k")
    await place(neo4j, dict.fromkeys(["crm:1", "cookie:j", "cookie:k"], "crm:1"))
    held_now, told = asyncio.Event(), list[str]()

    async def move(tx: Writing) -> None:
        await tx.lock(["cookie:j"])
        held_now.set()
        await asyncio.sleep(0.3)
        rows = [Placed(key, None, "cookie:j", "cookie:j") for key in ("crm:1", "cookie:j", "cookie:k")]
        await tx.place_identifiers(rows)
        told.append("moved")

    async def look(tx: Writing) -> None:
        await held_now.wait()
        known = await tx.lock(["cookie:k"])
        told.append(f"saw {known['cookie:k'].cluster}")

    await asyncio.gather(neo4j.write(move), neo4j.write(look))
    assert told == ["moved", "saw cookie:j"]


async def test_who_waits_twice_for_an_identifier_forgets_the_profile_that_went_meanwhile(
    server: str, neo4j: Store
) -> None:
    """Its profile moves to another cluster while one waits for the first, and is gone when he has the other."""
    keys = ["crm:1", "crm:2", "crm:3"]
    both_wait = asyncio.Event()

    async def begin(tx: Writing) -> None:
        await tx.lock(keys)
        await tx.put_identifiers([seen(key) for key in keys])
        homes = [("crm:1", "crm:1"), ("crm:3", "crm:2"), ("crm:3", "crm:3")]
        await tx.place_identifiers(
            [Placed(key, None, cluster, profile, True) for key, (cluster, profile) in zip(keys, homes, strict=True)]
        )

    async def move(tx: Writing) -> None:
        await tx.lock(keys)
        await both_wait.wait()
        await tx.place_identifiers([Placed("crm:2", None, "crm:1", "crm:2", True)])

    async def join(tx: Writing) -> None:
        await tx.lock(["crm:1"])
        await tx.lock(["crm:2"])
        await tx.place_identifiers([Placed("crm:2", None, "crm:1", "crm:1")])

    async def part(tx: Writing) -> None:
        known = await tx.lock(["crm:2"])
        assert known["crm:2"].profile == "crm:1"
        await tx.place_identifiers([Placed("crm:2", None, "crm:2", "crm:2")])

    await neo4j.write(begin)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(neo4j.write(move))
        for number, work in enumerate((join, part), start=1):
            tasks.create_task(neo4j.write(work))
            await _waiting(server, number)
        both_wait.set()
    assert await placed(neo4j) == {key: key for key in keys}


WRITE = """
import asyncio, sys
import orjson
from graph_cdp.config import StoreUrl
from tests.contract.test_neo4j_at_once import HOT
from tests.stores import opened, rules_of, take_in
from tests.strategies import Arrival

async def work():
    batches = orjson.loads(sys.stdin.buffer.read())
    store = await opened(StoreUrl.parse(sys.argv[1]))
    await take_in(store, [Arrival(events, []) for events in batches], rules_of(HOT))
    await store.close()

asyncio.run(work())
"""


async def test_processes_that_all_name_one_identifier_leave_what_one_alone_would(server: str, neo4j: Store) -> None:
    """Cold identifiers are named by all as well: clusters meet and come apart, and the hot ones become shared."""
    events = [
        _said(number, ["cookie", "hot"] if number % 3 else ["email", "hot"], ["crm", f"{number % 7}"],
              ["email", f"{number % 11}"], ["cookie", f"{number % 17}"])
        for number in range(240)
    ]  # fmt: skip
    lots = [[events[start : start + 5] for start in range(first, 240, 30)] for first in range(0, 30, 5)]
    processes = [await _python(WRITE, server) for _ in lots]
    ends = await asyncio.gather(
        *(process.communicate(orjson.dumps([*lot, events[:5]])) for process, lot in zip(processes, lots, strict=True))
    )
    assert [process.returncode for process in processes] == [0] * len(lots), ends
    alone = await opened(MEMORY)
    await take_in(alone, [Arrival(events, [])], rules_of(HOT))
    assert await dump_of(neo4j) == await dump_of(alone)
    assert await differences(neo4j, rules_of(HOT)) == ()
    await alone.close()


DIE = """
import asyncio, sys
from graph_cdp.config import StoreUrl
from tests.contract.test_store_transactions import change_everything
from tests.stores import opened

async def die(tx):
    await change_everything(tx)
    await tx.sizes()
    print("written", flush=True)
    await asyncio.sleep(600)

async def work():
    await (await opened(StoreUrl.parse(sys.argv[1]))).write(die)

asyncio.run(work())
"""


async def test_a_process_that_is_killed_leaves_nothing_and_nobody_waits_for_it(server: str, neo4j: Store) -> None:
    await neo4j.write(write_some_of_everything)
    before = await dump_of(neo4j)
    process = await _python(DIE, server)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"written\n"
    process.kill()
    await process.wait()
    await put(neo4j, seen("crm:1", count=2))
    await put(neo4j, seen("crm:1"))
    assert await dump_of(neo4j) == before


async def test_work_whose_connection_is_lost_is_run_again(server: str, neo4j: Store) -> None:
    runs = 0

    async def work(tx: Writing) -> None:
        nonlocal runs
        runs += 1
        await write_some_of_everything(tx)
        if runs == 1:
            connections = asked(
                server, "CALL dbms.listConnections() YIELD connectionId, userAgent RETURN connectionId, userAgent"
            )
            with driver_of(server) as driver:
                ids = [one for one, _ in connections]
                driver.execute_query("CALL dbms.killConnections($ids) YIELD connectionId RETURN connectionId", ids=ids)
        await tx.sizes()

    await neo4j.write(work)
    assert runs == 2
    assert (await neo4j.read(lambda tx: tx.sizes())).events == 2


async def test_a_reader_that_takes_long_is_run_again_where_a_commit_was_in_its_way(
    neo4j: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_store, "_PASSING_S", 0.05)
    runs = 0

    async def work(tx: Reading) -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.1)
        if runs == 1:
            raise HalfDoneError("a commit was just being applied")
        return (await tx.sizes()).events

    assert await neo4j.read(work) == 0
    assert runs == 2


async def _waiting(server: str, transactions: int) -> None:
    """Return when so many transactions wait for others."""
    query = "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked'"
    while len(asked(server, query)) != transactions:  # noqa: ASYNC110 - the server does not tell when
        await asyncio.sleep(0.02)


def _said(number: int, *identifiers: list[str]) -> Plain:
    """An event of HOT's sources; the same number, the same event."""
    return {
        "id": f"m{number}",
        "at": NOON + number * 1_000 % 7_919,
        "source": ("web", "app")[number % 2],
        "identifiers": [tuple(one) for one in identifiers],
        "traits": {"plan": number} if number % 5 == 0 else {},
    }


async def _python(code: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
