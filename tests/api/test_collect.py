"""Collection over HTTP: what is answered, what is kept, and what is not."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import orjson
import pytest

from graph_cdp.cli.opening import now_millis
from graph_cdp.domain.times import iso, parse_time
from tests.api.servers import Server

NUMBERS = count()
LARGEST_EVENT, LARGEST_BATCH = 32 * 1024, 500 * 1024

Json = dict[str, Any]


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture
def who() -> str:
    """Somebody whom no other test knows."""
    return f"u{next(NUMBERS)}"


async def bodies(server: Server, who: str) -> list[Json]:
    """What is kept of somebody's events, newest first."""
    return [orjson.loads(event.body) for event in (await server.profile(f"user_id:{who}")).events]


def refusals(answer: httpx.Response) -> list[tuple[int, str | None]]:
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert told["success"] is False
    assert told["error"] == {"code": told["code"], "message": told["message"]}
    assert all(one["path"] and one["reason"] for one in told["refused"])
    return [(one["index"], one["messageId"]) for one in told["refused"]]


def taken(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.text) == (200, '{"success":true}')
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_every_path_takes_its_type(server: Server, client: httpx.AsyncClient, who: str) -> None:
    types = ("identify", "track", "page", "screen", "group", "alias")
    sent = list[str]()
    for prefix in ("/v1/", "/"):
        for type_ in types:
            for name in (type_, type_[0]):
                sent.append(type_)
                taken(await client.post(f"{prefix}{name}", json={"userId": who, "messageId": f"{who}-{len(sent)}"}))
        for name in ("batch", "b", "import"):
            sent.append("track")
            event = {"type": "track", "userId": who, "messageId": f"{who}-{len(sent)}"}
            taken(await client.post(f"{prefix}{name}", json={"batch": [event]}))
    kept = (await server.profile(f"user_id:{who}")).events
    assert sorted(event.type for event in kept) == sorted(sent)


async def test_the_kind_of_a_body_is_told_by_itself(server: Server, client: httpx.AsyncClient, who: str) -> None:
    for kind in ("text/plain", "text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded"):
        body = json.dumps({"userId": who, "event": kind})
        taken(await client.post("/v1/t", content=body, headers={"content-type": kind}))
    packed = gzip.compress(json.dumps({"userId": who, "event": "packed"}).encode())
    taken(await client.post("/v1/track", content=packed, headers={"content-encoding": "gzip"}))
    assert len(await bodies(server, who)) == 5


async def test_a_bad_event_costs_a_batch_nothing_else(server: Server, client: httpx.AsyncClient, who: str) -> None:
    batch = [
        {"type": "track", "userId": who, "messageId": f"{who}-0"},
        {"type": "track", "userId": 5, "messageId": f"{who}-1"},
        {"type": "track", "userId": who, "messageId": f"{who}-2", "properties": {"cut": "\ud83d"}},
        "text",
        {"type": "track", "userId": who, "messageId": f"{who}-4", "properties": {"x": "y" * LARGEST_EVENT}},
        {"type": "track", "userId": who, "messageId": f"{who}-5"},
    ]
    answer = await client.post("/v1/batch", content=json.dumps({"batch": batch}))
    assert refusals(answer) == [(1, f"{who}-1"), (2, f"{who}-2"), (3, None), (4, f"{who}-4")]
    assert answer.json()["stored"] == 2
    assert {event.id for event in (await server.profile(f"user_id:{who}")).events} == {f"{who}-0", f"{who}-5"}


async def test_an_event_counts_once_however_often_it_is_sent(
    server: Server, client: httpx.AsyncClient, who: str
) -> None:
    event = {"userId": who, "messageId": f"{who}-1", "timestamp": "2026-01-01T00:00:00Z", "event": "Paid"}
    for sent_at in ("2026-01-01T00:00:01Z", "2026-01-01T00:00:09Z"):
        taken(await client.post("/v1/track", json=event | {"sentAt": sent_at, "_metadata": {"retryCount": sent_at}}))
        taken(await client.post("/v1/batch", json={"batch": [event | {"type": "track"}] * 2, "sentAt": sent_at}))
    other = await client.post("/v1/track", json=event | {"event": "Refunded"})
    assert refusals(other) == [(0, f"{who}-1")]
    assert [event.name for event in (await server.profile(f"user_id:{who}")).events] == ["Paid"]


async def test_without_id_and_time_every_post_is_an_event(server: Server, client: httpx.AsyncClient, who: str) -> None:
    before = now_millis()
    for _ in range(3):
        taken(await client.post("/v1/track", json={"userId": who, "event": "Clicked"}))
        await asyncio.sleep(0.002)
    events = (await server.profile(f"user_id:{who}")).events
    assert len(events) == 3
    assert all(before <= event.at == event.received_at <= now_millis() for event in events)


async def test_times_are_corrected_by_the_clients_own_clock(
    server: Server, client: httpx.AsyncClient, who: str
) -> None:
    wrong = {"userId": who, "type": "track", "timestamp": "2031-05-05T10:00:00Z", "receivedAt": "2020-01-01T00:00:00Z"}
    before = now_millis()
    taken(await client.post("/v1/track", json=wrong | {"messageId": f"{who}-1", "sentAt": "2031-05-05T10:00:04Z"}))
    taken(await client.post("/v1/batch", json={"batch": [wrong], "sentAt": "2031-05-05T10:00:07Z"}))
    assert refusals(await client.post("/v1/track", json=wrong)) == [(0, None)]
    events = (await server.profile(f"user_id:{who}")).events
    assert sorted(event.received_at - event.at for event in events) == [4_000, 7_000]
    assert all(before <= event.received_at <= now_millis() for event in events)


async def test_what_the_batch_says_holds_for_all_of_it(server: Server, client: httpx.AsyncClient, who: str) -> None:
    batch = [{"userId": who, "type": "page", "context": {"locale": "de"}}, {"userId": who, "type": "screen"}]
    taken(await client.post("/v1/batch", json={"batch": batch, "context": {"locale": "en", "app": "shop"}}))
    kept = {body["type"]: body["context"] for body in await bodies(server, who)}
    assert kept == {
        "page": {"locale": "de", "app": "shop"},
        "screen": {"locale": "en", "app": "shop"},
    }


async def test_a_group_gives_the_profile_its_account_and_an_alias_links(
    server: Server, client: httpx.AsyncClient, who: str
) -> None:
    consent = {"categoryPreferences": {"Advertising": False}}
    taken(await client.post("/v1/identify", json={"anonymousId": f"{who}-a", "traits": {"plan": "free"}}))
    taken(
        await client.post("/v1/alias", json={"previousId": f"{who}-a", "userId": who, "context": {"consent": consent}})
    )
    taken(await client.post("/v1/group", json={"userId": who, "groupId": "acme", "traits": {"plan": "corporate"}}))
    view = await server.profile(f"user_id:{who}")
    assert {seen.key for seen in view.identifiers} == {f"user_id:{who}", f"anonymous_id:{who}-a"}
    assert {name: trait.value for name, trait in view.traits.items()} == {"plan": "free", "account": "acme"}
    assert [body["context"]["consent"] for body in await bodies(server, who) if body["type"] == "alias"] == [consent]


async def test_what_is_too_large_is_refused_whole(server: Server, client: httpx.AsyncClient, who: str) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"batch":['
        for _ in range(LARGEST_BATCH // 1000 + 1):
            yield b" " * 1000
        yield b"]}"

    event = {"userId": who, "properties": {"x": "y" * LARGEST_EVENT}}
    bomb = gzip.compress(b'{"batch":[' + b" " * 100_000_000 + b"]}")
    assert len(bomb) < LARGEST_BATCH
    answers = [
        await client.post("/v1/track", json=event),
        await client.post("/v1/batch", content=b" " * (LARGEST_BATCH + 1)),
        await client.post("/v1/batch", content=parts()),
        await client.post("/v1/batch", content=bomb, headers={"content-encoding": "gzip"}),
        await client.post("/v1/batch", json={"batch": [{"userId": who}] * 2_501}),
    ]
    assert [answer.status_code for answer in answers] == [413] * 5
    assert {answer.json()["error"]["code"] for answer in answers} == {"too_large"}
    taken(await client.post("/v1/batch", json={"batch": [{"userId": who, "event": f"{n}"} for n in range(2_500)]}))
    assert len((await server.profile(f"user_id:{who}", 3_000)).events) == 2_500


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "input_invalid"),
        (b"[]", {}, 400, "input_invalid"),
        (b'{"batch":5}', {}, 400, "input_invalid"),
        (b"{}", {"content-encoding": "gzip"}, 400, "input_invalid"),
        (b"{}", {"content-encoding": "br"}, 415, "unsupported_media_type"),
        (b"{}", {"authorization": "Digest x"}, 401, "unauthorized"),
        (b"{}", {"x-api-key": "gcdp_unknown_key"}, 401, "unauthorized"),
    ],
)
async def test_what_cannot_be_read_is_told_to_pages_of_any_origin(
    client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/v1/batch", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["code"]) == (status, code, code)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_only_its_methods_are_taken(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/v1/track"),
        await client.delete("/v1/b"),
        await client.post("/v1/projects/k/settings"),
    ]
    assert [(answer.status_code, answer.headers["allow"]) for answer in answers] == [
        (405, "POST, OPTIONS"),
        (405, "POST, OPTIONS"),
        (405, "GET, OPTIONS"),
    ]


async def test_a_page_of_any_origin_may_send_after_asking(client: httpx.AsyncClient) -> None:
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-retry-count",
    }
    for path in ("/v1/t", "/v1/batch", "/v1/projects/k/settings"):
        answer = await client.options(path, headers=asked)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-headers"] == asked["access-control-request-headers"]
        assert "POST" in answer.headers["access-control-allow-methods"]


async def test_the_browsers_library_is_told_to_send_here(server: Server, client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/projects/some-key/settings")).json()["integrations"]["Segment.io"]
    host = server.url.removeprefix("http://")
    assert (told["apiKey"], told["apiHost"], told["protocol"]) == ("some-key", f"{host}/v1", "http")


async def test_whoever_is_answered_sees_it_at_once_however_many_send(
    server: Server, client: httpx.AsyncClient, who: str
) -> None:
    async def send(sender: int) -> None:
        for number in range(10):
            event = {"userId": f"{who}-{sender}", "messageId": f"{who}-{sender}-{number}", "event": "Viewed"}
            taken(await client.post("/v1/track", json=event))

    await asyncio.gather(*(send(sender) for sender in range(32)))
    sent = {f"{who}-{sender}-{number}" for sender in range(32) for number in range(10)}
    kept = [event.id for event in await server.events() if event.id.startswith(f"{who}-")]
    assert sorted(kept) == sorted(sent)


async def test_a_message_is_kept_with_the_time_of_the_server(
    server: Server, client: httpx.AsyncClient, who: str
) -> None:
    at = iso(now_millis() - 60_000)
    taken(await client.post("/v1/track", json={"userId": who, "timestamp": at, "event": "Paid"}))
    (event,) = (await server.profile(f"user_id:{who}")).events
    assert event.at == parse_time(at) < event.received_at
