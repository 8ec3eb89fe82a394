"""Subscriptions by WebSocket: the protocol graphql-transport-ws, its limits, who may follow what."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from graph_cdp.domain.access import Scope
from graph_cdp.query.audit import audit_page
from graph_cdp.query.following import Place
from graph_cdp.service.keys import append_keys, make_key
from tests.api.servers import Server, serving
from tests.api.subscribers import (
    IDENTITIES,
    PROFILE,
    Plain,
    ask,
    here,
    post,
    raw_socket,
    socket,
    store_at,
    track,
)
from tests.stores import NOW, file_url

ANN = {"namespace": "user_id", "value": "ann"}
SECRET_MAIL = "ann@shop.org"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sockets")
    with serving(file_url(folder / "graph.db"), folder, CORS_ORIGINS="https://app.shop.org") as server:
        yield server


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded")
    with serving(file_url(folder / "graph.db"), folder, MODE="production", MAX_STREAMS="3") as server:
        yield server


async def key_with(server: Server, *scopes: Scope) -> str:
    text, key = make_key("test", scopes, "web", NOW)
    async with store_at(server.store) as store:
        await store.write(lambda tx: append_keys(tx, [key], "test"))
    await asyncio.sleep(1.1)  # a key that a worker does not know it looks up once a second at most
    return text


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["hello"], 4400),
        (["[]"], 4400),
        (['{"type": "start"}'], 4400),
        (['{"type": "connection_init", "payload": 1}'], 4400),
        ([b"\x00"], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{stats{events}}"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "{stats{events}}"}}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1"}'], 4400),
        (['{"type": "connection_init", "payload": {"x": "' + "x" * 1_000_001 + '"}}'], 1009),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_the_protocol_forbids_closes_the_socket_with_its_code(
    running: Server, messages: list[str | bytes], code: int
) -> None:
    async with raw_socket(running.url) as one:
        for message in messages:
            await one.connection.send(message)
        assert await one.closing() == code


async def test_an_id_names_one_operation_at_a_time(running: Server) -> None:
    async with socket(running.url) as one:
        await one.subscribe(IDENTITIES)
        await one.subscribe(IDENTITIES)
        assert await one.closing() == 4409


async def test_an_id_can_be_used_again_at_once_after_it_was_completed(running: Server) -> None:
    async with socket(running.url) as one:
        for _ in range(20):
            await one.subscribe(IDENTITIES)
            await one.send("complete", id="1")
        await one.subscribe("{ stats { events } }")
        assert (await one.next())["payload"]["data"]["stats"]
        assert await one.next() == {"type": "complete", "id": "1"}


async def test_who_does_not_introduce_themselves_is_let_go(running: Server) -> None:
    async with raw_socket(running.url) as one:
        assert await one.closing() == 4408


async def test_another_protocol_is_not_spoken(running: Server) -> None:
    async with raw_socket(running.url, subprotocols=["graphql-ws"]) as one:
        assert await one.closing() == 4406


async def test_a_ping_is_answered_with_its_payload(running: Server) -> None:
    async with raw_socket(running.url) as one:
        await one.send("ping", payload={"n": 1})
        assert await one.next() == {"type": "pong", "payload": {"n": 1}}
        await one.send("ping")
        assert await one.next() == {"type": "pong"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_origin_opens_no_socket(running: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with raw_socket(running.url, origin=origin):
            pass


async def test_pages_of_this_host_and_of_allowed_origins_do(running: Server) -> None:
    for origin in (running.url, "https://app.shop.org"):
        async with raw_socket(running.url, origin=origin) as one:
            await one.send("ping")
            assert await one.next() == {"type": "pong"}


async def test_queries_and_mutations_run_on_a_socket_as_over_http(running: Server) -> None:
    mutation = "mutation($e: [JSON!]!) { ingest(events: $e) { accepted userErrors { code } } }"
    async with socket(running.url) as one:
        await one.subscribe(mutation, e=[track("olga", None, "olga-1")])
        told = {"data": {"ingest": {"accepted": 1, "userErrors": []}}}
        assert await one.next() == {"id": "1", "type": "next", "payload": told}
        assert await one.next() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "syntax_invalid"),
        ({"query": "{ nope }"}, "document_invalid"),
        ({}, "request_invalid"),
        ({"query": "{stats{events}}", "operationName": "Other"}, "operation_unknown"),
        ({"query": IDENTITIES, "variables": {"after": 1}}, "variables_invalid"),
        ({"query": "subscription {a: identityChanged {cursor} b: identityChanged {cursor}}"}, "document_invalid"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}, "PERSISTED_QUERY_NOT_FOUND"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_is_not_run_is_told_by_an_error_message(running: Server, payload: Plain, code: str) -> None:
    async with socket(running.url) as one:
        await one.send("subscribe", id="1", payload=payload)
        assert await one.codes() == [code]
        await one.send("ping")
        assert await one.next() == {"type": "pong"}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (IDENTITIES, {"after": "hello"}, "input_invalid"),
        (IDENTITIES, {"after": Place(-1).cursor}, "input_invalid"),
        (IDENTITIES, {"after": Place(2**60).cursor}, "input_invalid"),
        (IDENTITIES, {"after": Place(10**9).cursor}, "cursor_expired"),
        (PROFILE, {}, "input_invalid"),
        (PROFILE, {"id": "pro_2222222222222222222222222"}, "not_found"),
        (PROFILE, {"key": {"namespace": "user_id", "value": "nobody"}}, "not_found"),
        (PROFILE, {"key": {"namespace": "shoe", "value": "42"}}, "input_invalid"),
    ],
)
async def test_what_cannot_be_followed_is_told_and_the_operation_is_over(
    running: Server, query: str, variables: Plain, code: str
) -> None:
    async with socket(running.url) as one:
        await one.subscribe(query, **variables)
        assert await one.codes() == [code]
        assert (await one.next())["type"] == "complete"


async def test_a_profile_is_followed_through_merges_and_splits(running: Server) -> None:
    url = running.url
    await post(url, track("ann", "sofa", "f1"))
    start = await here(url)
    await post(url, {"type": "track", "event": "Seen", "messageId": "f2", "anonymousId": "phone"})
    async with socket(url) as one:
        await one.subscribe(PROFILE, key={"namespace": "anonymous_id", "value": "phone"})
        await asyncio.sleep(0.3)
        await post(url, track("ann", "phone", "f3"))
        merged = await one.event()
        assert [change["kind"] for change in merged["changes"]] == ["MERGED"]
        assert {"user_id:ann", "anonymous_id:phone"} <= {seen["key"] for seen in merged["profile"]["identifiers"]}
        await post(url, track("bob", "phone", "f4"))
        moved = await one.event()
        assert {"user_id:bob"} <= {seen["key"] for seen in moved["profile"]["identifiers"]}
        await post(url, track("ann", "sofa", "f5"), track("bob", None, "f6"))
        assert (await one.event())["id"] == moved["id"]
        await post(url, track("ann", "sofa", "f7"))
        await post(url, track("bob", None, "f8"))
        last = await one.event()
    async with socket(url) as one:
        await one.subscribe(PROFILE, key=ANN, after=start)
        events = [await one.event() for _ in range(4)]
    assert len({event["cursor"] for event in events}) == 4
    async with socket(url) as one:
        await one.subscribe(PROFILE, key={"namespace": "anonymous_id", "value": "phone"}, after=moved["cursor"])
        assert [(await one.event())["cursor"] for _ in range(2)][-1] == last["cursor"]


async def test_kinds_that_are_not_wanted_are_left_out_and_the_cursor_counts_them(running: Server) -> None:
    url = running.url
    start = await here(url)
    await post(url, {"type": "track", "event": "Seen", "messageId": "k1", "anonymousId": "kitchen"})
    await post(url, track("kim", "kitchen", "k2"))
    await post(url, track("kit", "kitchen", "k3"))
    async with socket(url) as one:
        await one.subscribe(IDENTITIES, after=start)
        kinds = list[str]()
        events = list[Plain]()
        while "REFUSED" not in kinds:
            events.append(await one.event())
            kinds.append(events[-1]["kind"])
    async with socket(url) as one:
        await one.subscribe(IDENTITIES, after=start, kinds=["REFUSED"])
        assert (await one.event()) == events[-1]
    async with socket(url) as one:
        await one.subscribe(IDENTITIES, after=events[0]["cursor"])
        assert [await one.event() for _ in events[1:]] == events[1:]


async def test_a_socket_runs_so_many_operations_and_no_more(running: Server) -> None:
    async with socket(running.url) as one:
        for number in range(100):
            await one.subscribe(IDENTITIES, str(number))
        await one.subscribe(IDENTITIES, "one too many")
        assert await one.codes() == ["operations_limit"]
        await one.send("complete", id="0")
        await one.subscribe("{ stats { events } }", "another")
        assert (await one.next())["type"] == "next"


async def test_without_a_valid_key_no_socket_is_taken(guarded: Server) -> None:
    for payload in ({}, {"Authorization": "Bearer gcdp_abc_def"}, {"x-api-key": "gcdp_abc_def"}, {"Authorization": 1}):
        async with raw_socket(guarded.url) as one:
            await one.send("connection_init", payload=payload)
            assert await one.closing() == 4403


async def test_a_key_is_taken_from_the_header_too(guarded: Server) -> None:
    key = await key_with(guarded, "read")
    async with raw_socket(guarded.url, additional_headers={"X-Api-Key": key}) as one:
        await one.send("connection_init")
        assert (await one.next())["type"] == "connection_ack"


async def test_following_needs_the_scope_read(guarded: Server) -> None:
    key = await key_with(guarded, "collect")
    async with socket(guarded.url, key) as one:
        for query, variables in ((IDENTITIES, {}), (PROFILE, {"key": ANN})):
            await one.subscribe(query, **variables)
            assert await one.codes() == ["forbidden"]
            assert (await one.next())["type"] == "complete"


async def test_personal_values_are_masked_and_their_readers_audited_as_for_queries(guarded: Server) -> None:
    masked, plain = await key_with(guarded, "read"), await key_with(guarded, "read", "read:pii", "collect")
    mutation = "mutation($e: [JSON!]!) { ingest(events: $e) { accepted } }"
    told = {"type": "identify", "userId": "ann", "traits": {"email": SECRET_MAIL}}
    await ask(guarded.url, mutation, plain, e=[told | {"messageId": "p1"}])
    async with socket(guarded.url, masked) as one, socket(guarded.url, plain) as other:
        for each in (one, other):
            await each.subscribe(PROFILE, key=ANN)
        await asyncio.sleep(0.3)
        await ask(guarded.url, mutation, plain, e=[told | {"messageId": "p2"}])
        hidden, shown = await one.event(), await other.event()
    assert f"email:{SECRET_MAIL}" in {seen["key"] for seen in shown["profile"]["identifiers"]}
    assert SECRET_MAIL not in str(hidden)
    assert "masked-" in str(hidden)
    who = f"key:{plain.removeprefix('gcdp_').partition('_')[0]}"
    async with store_at(guarded.store) as store:
        for _ in range(100):
            entries = await store.read(lambda tx: audit_page(tx, 0, 1000))
            reads = [entry for entry in entries if entry.action == "read_personal" and entry.who == who]
            if reads:
                break
            await asyncio.sleep(0.1)
    assert {shown["id"]} == {entry.subject for entry in reads}
    assert not [entry for entry in entries if entry.action == "read_personal" and entry.who != who]


async def test_a_worker_holds_so_many_sockets_and_tells_more_to_come_again(guarded: Server) -> None:
    async with (
        raw_socket(guarded.url),
        raw_socket(guarded.url),
        raw_socket(guarded.url),
        raw_socket(guarded.url) as one,
    ):
        assert await one.closing() == 1013
    async with raw_socket(guarded.url) as one:
        await one.send("ping")
        assert await one.next() == {"type": "pong"}


async def test_a_stop_closes_sockets_so_that_clients_come_again(tmp_path: Path) -> None:
    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        async with socket(server.url) as one:
            await one.subscribe(IDENTITIES)
            await one.send("ping")
            assert await one.next() == {"type": "pong"}
            server.process.terminate()
            assert await one.closing() == 1012
        await asyncio.to_thread(server.process.wait, 10)
        assert server.process.returncode == 0
