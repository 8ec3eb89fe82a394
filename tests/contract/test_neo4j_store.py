"""What is Neo4j's own: what analysts see, writers at once, lost connections; and SQLite's answers as its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_cdp.config import StoreUrl
from graph_cdp.errors import StoreAccessError, StoreError, StoreUnavailableError
from graph_cdp.resolve import Placed
from graph_cdp.service.ingest import Ingested, ingest
from graph_cdp.store import neo4j as neo4j_store
from graph_cdp.store.neo4j_session import HalfDoneError
from graph_cdp.store.port import Reading, Store, Writing
from tests.contract.rows import NOON, journey_of, place, put, seen
from tests.contract.test_store_transactions import write_some_of_everything
from tests.neo4j_servers import driver_of, wipe
from tests.stores import (
    MEMORY,
    all_of,
    at_once,
    differences,
    dump_of,
    events_of,
    made_its_own,
    opened,
    placed,
    rules_of,
    side_by_side,
    take_in,
)
from tests.strategies import LAW, Arrival, History, Plain, arrivals, histories

ROOT = Path(__file__).parent.parent.parent
SERVERS = ("neo4j_current", "neo4j_lts")

HOT: Plain = {
    "namespaces": [
        {"name": "crm", "limit": 1},
        {"name": "email", "limit": 2, "shared_above": 3},
        {"name": "cookie", "shared_above": 4},
    ],
    "traits": {},
}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """The URL of a server of each version in turn, empty."""
    url: str = request.getfixturevalue(request.param)
    wipe(url)
    return url


@pytest.fixture
async def neo4j(server: str) -> AsyncIterator[Store]:
    store = await opened(StoreUrl.parse(server))
    yield store
    await store.close()


def asked(server: str, query: str, **parameters: Any) -> list[list[Any]]:
    """What an analyst is answered."""
    with driver_of(server) as driver:
        return [list(record) for record in driver.execute_query(query, parameters).records]  # type: ignore[arg-type]


# The graph


async def test_an_analyst_sees_identifiers_by_namespace_events_links_and_profiles(server: str, neo4j: Store) -> None:
    await neo4j.write(write_some_of_everything)
    assert sorted(asked(server, "MATCH (i:Identifier) RETURN i.key, labels(i), i.namespace, i.value")) == [
        ["cookie:k", ["Identifier", "Cookie"], "cookie", "k"],
        ["crm:1", ["Identifier", "Crm"], "crm", "1"],
        ["crm:2", ["Identifier", "Crm"], "crm", "2"],
    ]
    assert asked(
        server,
        "MATCH (i:Cookie) RETURN i.count, i.first_seen = datetime({epochMillis: $noon}), i.own",
        noon=NOON,
    ) == [[2, True, neo4j.ids.of("cookie:k")]]
    assert sorted(asked(server, "MATCH (e:Event)-[n:NAMES]->(i) RETURN e.id, i.key, n.owns")) == [
        ["m1", "cookie:k", None],
        ["m1", "crm:1", True],
        ["m2", "cookie:k", None],
        ["m2", "crm:2", True],
    ]
    assert asked(
        server, "MATCH (a)-[l:OBSERVED_WITH]->(b:Crm {value: '1'}) RETURN a.key, l.kind, l.refused, l.sources"
    ) == [["cookie:k", "observed", "limit", ["web"]]]
    assert asked(server, "MATCH (a)-[r:REFUSED]->(b) RETURN a.key, b.key, r.reason, r.namespace") == [
        ["cookie:k", "crm:1", "limit", "crm"]
    ]
    profiles = "MATCH (i)-[:MEMBER_OF]->(p:Profile) OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c) RETURN i.key, p.id, c.anchor"
    one, two = neo4j.ids.of("crm:1"), neo4j.ids.of("crm:2")
    assert sorted(asked(server, profiles)) == [
        ["cookie:k", two, "crm:1"],
        ["crm:1", one, None],
        ["crm:2", two, "crm:1"],
    ]
    assert asked(server, "MATCH (:Crm {value: '2'})-[:HAS_TRAIT]->(t:Trait) RETURN t.name, t.value") == [
        ["plan", '"paid"']
    ]


async def test_a_namespace_called_like_another_kind_of_node_gets_a_label_of_its_own(server: str, neo4j: Store) -> None:
    await put(neo4j, "profile:1", "event:1", "crm_id:1", "größe:1")
    labels = asked(server, "MATCH (i:Identifier) RETURN i.key, [label IN labels(i) WHERE label <> 'Identifier']")
    assert dict(labels) == {
        "profile:1": ["ProfileIdentifier"],
        "event:1": ["EventIdentifier"],
        "crm_id:1": ["CrmId"],
        "größe:1": ["Größe"],
    }


async def test_a_refusal_that_is_taken_back_leaves_its_link_as_it_was(server: str, neo4j: Store) -> None:
    await neo4j.write(write_some_of_everything)
    refused = "MATCH (a)-[l:OBSERVED_WITH]->(b) WHERE l.refused IS NOT NULL RETURN a.key, b.key, l.refused_namespace"
    assert asked(server, refused) == [["cookie:k", "crm:1", "crm"]]
    await neo4j.write(lambda tx: tx.replace_refusals(["cookie:k", "crm:1", "crm:2"], []))
    assert asked(server, refused) == []


async def test_a_profile_is_there_as_long_as_it_has_members(server: str, neo4j: Store) -> None:
    keys = ["crm:1", "crm:2", "cookie:k"]
    await put(neo4j, *keys)

    def profiles() -> list[list[Any]]:
        return sorted(asked(server, "MATCH (p:Profile) RETURN p.anchor, COUNT { (p)<-[:MEMBER_OF]-() }"))

    async def places(*rows: Placed) -> None:
        async def work(tx: Writing) -> None:
            await tx.lock(keys)
            await tx.place_identifiers(rows)

        await neo4j.write(work)

    await places(*(Placed(key, None, key, key) for key in keys))
    assert profiles() == [["cookie:k", 1], ["crm:1", 1], ["crm:2", 1]]
    await places(Placed("cookie:k", None, "crm:1", "crm:1"))
    assert profiles() == [["crm:1", 2], ["crm:2", 1]]
    await places(Placed("crm:2", None, "crm:1", "crm:2", True), Placed("crm:1", None, "crm:1", "crm:1", True))
    await places(Placed("crm:1", None, "crm:2", "crm:2"), Placed("crm:2", None, "crm:2", "crm:2"))
    await places(Placed("cookie:k", "shared", None, None))
    assert profiles() == [["crm:2", 2]]
    assert asked(server, "MATCH (:Profile)-[r:IN_CLUSTER]->() RETURN count(r)") == [[0]]


async def test_an_identifier_that_was_held_but_not_written_leaves_nothing(server: str, neo4j: Store) -> None:
    async def work(tx: Writing) -> None:
        assert await tx.lock(["crm:1", "crm:2"]) == {}
        assert await tx.identifiers(["crm:1", "crm:2"]) == {}
        await tx.put_identifiers([seen("crm:2")])

    await neo4j.write(work)
    assert asked(server, "MATCH (n) WHERE NOT n:Note RETURN n.key") == [["crm:2"]]


# Writers at once


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
from tests.contract.test_neo4j_store import HOT
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


async def test_a_reader_that_meets_a_commit_being_applied_asks_again_for_those_profiles_alone(
    server: str, neo4j: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, asks = 0, asyncio.Event()
    monkeypatch.setattr("graph_cdp.store.neo4j_session._APPLIED_S", 30.0)  # however slow the machine is

    async def work(tx: Reading) -> list[str]:
        nonlocal runs
        runs += 1
        asks.set()
        return [seen.key for seen in (await tx.profiles(["crm:1"], traits=False, events=0, refusals=False)).members]

    await neo4j.write(write_some_of_everything)
    await neo4j.read(work)  # the server plans the statement
    asks.clear()
    noted = "MATCH (p:Profile {anchor: 'crm:1'}) SET p.members_sum = p.members_sum + $more"
    asked(server, noted, more=1)
    reading = asyncio.create_task(neo4j.read(work))
    await asks.wait()
    await asyncio.sleep(0.2)
    await asyncio.to_thread(asked, server, noted, more=-1)
    assert (await reading, runs) == (["crm:1"], 2)


# What cannot be opened


def _url(server: str, **parts: Any) -> StoreUrl:
    return replace(StoreUrl.parse(server), **parts)


async def test_a_wrong_password_is_refused_by_name_and_never_shown(server: str) -> None:
    with pytest.raises(StoreAccessError, match="password") as error:
        await opened(_url(server, password="no such secret"))
    assert "no such secret" not in str(error.value)


async def test_a_server_that_is_down_is_named_by_its_address(server: str) -> None:
    with pytest.raises(StoreUnavailableError, match=r"127\.0\.0\.1:1:"):
        await opened(_url(server, host="127.0.0.1", port=1))


async def test_a_server_that_speaks_no_tls_is_told_so_where_the_url_asks_for_it(server: str) -> None:
    with pytest.raises(StoreUnavailableError, match="speaks TLS"):
        await opened(_url(server, scheme="bolt+s"))


async def test_a_database_that_is_not_there_is_named(server: str) -> None:
    with pytest.raises(StoreError, match="nosuchdatabase"):
        await opened(_url(server, database="nosuchdatabase"))


# The same answers as SQLite's


async def _answers(store: Store) -> dict[str, Any]:
    """What every reading method answers, about every third identifier; sorted where no order is promised."""

    async def work(tx: Reading) -> dict[str, Any]:
        known = [one for page in [one async for one in tx.scan_identifiers()] for one in page]
        keys = [one.key for one in known][::3]
        journey = await journey_of(tx, keys, 7)
        events = sorted(await all_of(tx.scan_events()))
        pairs = [one.pair for one in await all_of(tx.scan_links())]
        return {
            "stored_events": await tx.stored_events([*(one.id for one in events[::2]), "never seen"]),
            "identifiers": await tx.identifiers([*keys, "never:seen"]),
            "members_of": sorted(await tx.members_of({one.cluster for one in known if one.cluster})),
            "key_of": [await tx.key_of(store.ids.of(key)) for key in [*keys[:5], "never:seen"]],
            "links_among": sorted(await tx.links_among([one.key for one in known][::2])),
            "links_of": await tx.links_of(keys, 25),
            "linked_by_namespace": await tx.linked_by_namespace(keys),
            "refusals_of": await tx.refusals_of(keys),
            "traits_of": sorted(await tx.traits_of(keys), key=lambda one: (one.key, one.name)),
            "has_decisions": await tx.has_decisions(),
            "decisions_on": sorted(await tx.decisions_on(keys)),
            "journey": journey,
            "journey before": await journey_of(tx, keys, 7, (journey[-1].at, journey[-1].id) if journey else None),
            "events_naming_both": [await tx.events_naming_both(pair, 3) for pair in pairs[:10]],
            "events_naming": sorted(await all_of(tx.events_naming(keys))),
            "owned_events": sorted(await all_of(tx.owned_events(keys))),
            "decisions": await tx.decisions(),
            "sizes": await tx.sizes(),
        }

    return await store.read(work)


# Shrinking would take as many minutes as it takes seconds to find a failure.
@settings(LAW, max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data(), some=st.lists(histories(), min_size=12, max_size=12))
async def test_every_answer_is_the_one_that_sqlite_gives(server: str, data: st.DataObject, some: list[History]) -> None:
    wipe(server)
    own = [made_its_own(one, number) for number, one in enumerate(some)]
    ways = at_once([data.draw(arrivals(one)) for one in own])
    rules = rules_of(side_by_side(own).policy)
    one, other = await opened(StoreUrl.parse(server)), await opened(MEMORY)
    assert sorted(await take_in(one, ways, rules), key=str) == sorted(await take_in(other, ways, rules), key=str)
    assert await dump_of(one) == await dump_of(other)
    answers = await _answers(other)
    for method, answer in (await _answers(one)).items():
        assert answer == answers[method], method
    assert await differences(one, rules) == ()
    await one.close()
    await other.close()


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
