"""The service in production: nobody gets in without a key or a token, and nobody sees what they may not."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from api.access.keyring import KEPT_S
from graph_cdp.domain.access import ApiKey, Scope
from graph_cdp.service.keys import append_keys, make_key, revoke_key
from graph_cdp.store.port import Store
from tests.api.servers import Server, serving
from tests.stores import file_url, opened

NOW = 1_700_000_000_000
SECRET = "a shared secret of forty characters here"
IDENTIFY = {
    "type": "identify",
    "userId": "u1",
    "traits": {"email": "Ann@Shop.org", "name": "Ann B.", "plan": "gold"},
    "messageId": "m1",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("access")
    settings = {"MODE": "production", "JWT_SECRET": SECRET, "JWT_ISSUER": "https://id.shop.org/", "JWT_AUDIENCE": "cdp"}
    with serving(file_url(folder / "graph.db"), folder, **settings, CORS_ORIGINS="https://app.shop.org") as server:
        yield server


@pytest.fixture
async def store(running: Server):
    one = await opened(running.store)
    yield one
    await one.close()


async def key_with(store: Store, *scopes: Scope) -> tuple[str, ApiKey]:
    text, key = make_key("test", scopes, "web", NOW)
    await store.write(lambda tx: append_keys(tx, [key], "test"))
    await asyncio.sleep(1.1)  # a key that a worker does not know it looks up once a second at most
    return text, key


@pytest.fixture
async def client(running: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url) as one:
        yield one


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def token(scope: str) -> str:
    claims = {"iss": "https://id.shop.org/", "aud": "cdp", "sub": "ann", "exp": int(time.time()) + 600, "scope": scope}
    return jwt.encode(claims, SECRET, "HS256")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer gcdp_abc_def"},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Digest username=x"},
        {"X-Api-Key": "gcdp_"},
        {"X-Api-Key": "development"},
    ],
)
async def test_without_a_valid_credential_everything_but_health_is_closed(
    client: httpx.AsyncClient, headers: dict[str, str]
):
    for answer in (
        (await client.get("/v1/profiles/user_id:u1", headers=headers)),
        (await client.post("/v1/identify", json=IDENTIFY, headers=headers)),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorized"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert (await client.get("/healthz")).status_code == 200


async def test_a_key_is_taken_in_every_way_that_senders_have(client: httpx.AsyncClient, store: Store):
    text, _ = await key_with(store, "collect")
    ways = (
        {"headers": bearer(text)},
        {"headers": {"X-Api-Key": text}},
        {"auth": (text, "")},
        {"json": IDENTIFY | {"writeKey": text}},
    )
    for way in ways:
        assert (await client.post("/v1/identify", **({"json": IDENTIFY} | way))).status_code == 200


async def test_a_scope_that_is_missing_is_refused(client: httpx.AsyncClient, store: Store):
    collect, _ = await key_with(store, "collect")
    read, _ = await key_with(store, "read")
    refused = await client.get("/v1/profiles/user_id:u1", headers=bearer(collect))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert (await client.post("/v1/identify", json=IDENTIFY, headers=bearer(read))).status_code == 403
    assert (await client.get("/v1/profiles/user_id:none", headers=bearer(token("read")))).status_code == 404
    assert (await client.get("/v1/profiles/user_id:none", headers=bearer(token("collect")))).status_code == 403


async def test_personal_values_are_masked_without_the_scope_and_their_reads_entered_with_it(
    client: httpx.AsyncClient, store: Store
):
    everything, key = await key_with(store, "collect", "read", "read:pii")
    assert (await client.post("/v1/identify", json=IDENTIFY, headers=bearer(everything))).status_code == 200
    shown = (await client.get("/v1/profiles/email:ann@shop.org", headers=bearer(everything))).json()
    hidden = await client.get("/v1/profiles/email:ann@shop.org", headers=bearer(token("read")))
    assert shown["traits"]["email"]["value"] == "Ann@Shop.org"
    assert not any(secret in hidden.text.lower() for secret in ("ann@", "ann b."))
    assert hidden.json()["traits"]["plan"]["value"] == "gold"
    assert hidden.json()["id"] == shown["id"]
    mask = hidden.json()["traits"]["email"]["value"]
    assert f"email:{mask}" in [one["identifier"] for one in hidden.json()["identifiers"]]
    await asyncio.sleep(1.5)
    entries = await store.read(lambda tx: tx.audit_page(0, 1000))
    mine = [(one.action, one.subject) for one in entries if one.who == f"key:{key.id}"]
    assert ("read_personal", shown["id"]) in mine
    assert sum(action == "use_key" for action, _ in mine) == 1
    assert [one.action for one in entries if one.who == "jwt:ann"].count("read_personal") == 0
    assert "use_key" in [one.action for one in entries if one.who == "jwt:ann"]


async def test_a_revoked_key_ends_within_the_bound(client: httpx.AsyncClient, store: Store):
    text, key = await key_with(store, "read")
    assert (await client.get("/v1/profiles/user_id:none", headers=bearer(text))).status_code == 404
    await store.write(lambda tx: revoke_key(tx, key.id, "test", NOW))
    await asyncio.sleep(KEPT_S + 0.2)
    assert (await client.get("/v1/profiles/user_id:none", headers=bearer(text))).status_code == 401


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient):
    answers = (
        (await client.get("/healthz")),
        (await client.get("/v1/profiles/user_id:u1")),
        (await client.get("/nowhere")),
        (await client.post("/v1/track", content=b"{")),
    )
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


async def test_pages_of_other_origins_may_send_events_and_those_of_the_settings_may_read(client: httpx.AsyncClient):
    async def allowed(method: str, path: str, origin: str) -> str | None:
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        return (await client.options(path, headers=asked)).headers.get("access-control-allow-origin")

    assert await allowed("POST", "/v1/track", "https://anywhere.example.org") == "*"
    assert await allowed("GET", "/v1/profiles/x:y", "https://app.shop.org") == "https://app.shop.org"
    assert await allowed("GET", "/v1/profiles/x:y", "https://anywhere.example.org") is None
    refused = await client.get("/v1/profiles/x:y", headers={"Origin": "https://app.shop.org"})
    assert refused.headers["access-control-allow-origin"] == "https://app.shop.org"


async def test_a_key_that_asks_too_fast_is_told_when_to_ask_again(tmp_path: Path):
    with serving(file_url(tmp_path / "graph.db"), tmp_path, MODE="production", RATE_LIMIT="5") as server:
        store = await opened(server.store)
        try:
            slow, _ = await key_with(store, "read")
            other, _ = await key_with(store, "read")
        finally:
            await store.close()
        async with httpx.AsyncClient(base_url=server.url) as client:
            answers = [(await client.get("/v1/profiles/user_id:none", headers=bearer(slow))) for _ in range(30)]
            refused = [answer for answer in answers if answer.status_code == 429]
            assert refused
            assert {answer.status_code for answer in answers} == {404, 429}
            assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
            assert refused[0].json()["error"]["code"] == "rate_limited"
            assert (await client.get("/v1/profiles/user_id:none", headers=bearer(other))).status_code == 404


def test_in_development_mode_this_machine_needs_no_key_and_the_log_says_so(tmp_path: Path):
    with serving(file_url(tmp_path / "graph.db"), tmp_path, MODE="development") as server:
        assert httpx.get(f"{server.url}/v1/profiles/user_id:none").status_code == 404
        assert httpx.get(f"{server.url}/v1/profiles/x", headers={"Host": "rebound.example.org"}).status_code == 401
        assert httpx.get(f"{server.url}/v1/profiles/x", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
        assert "development mode: whoever asks from this machine needs no key" in server.log.read_text()
