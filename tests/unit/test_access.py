"""Who asks: keys, tokens, development mode; how fast; and what is entered."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.requests import HTTPConnection

from api.access import keyring
from api.access.audit import Audit
from api.access.development import is_from_here, is_loopback
from api.access.keyring import Keyring
from api.access.principal import Principal
from api.access.rates import Rates
from api.access.tokens import Tokens, scopes_of
from api.failures import AuthError, IssuerUnavailableError, RateLimitedError
from graph_cdp.config import Settings
from graph_cdp.errors import ConfigError
from graph_cdp.service.keys import append_keys, make_key, revoke_key
from graph_cdp.store.port import Store
from tests.stores import MEMORY, opened

SECRET = "a shared secret of forty characters here"
ISSUER, AUDIENCE = "https://id.shop.org/", "graph-cdp"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
KEY = Principal("key:a", "key", frozenset({"read:pii"}), "web")


@pytest.fixture
async def store():
    one = await opened(MEMORY)
    yield one
    await one.close()


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, **given)


def claims(**other: object) -> dict[str, object]:
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": now + 60, "scope": "read collect"}
    return {name: value for name, value in (usual | other).items() if value is not None}


def signed(key: object = SECRET, algorithm: str = "HS256", kid: str | None = None, **other: object) -> str:
    return jwt.encode(claims(**other), key, algorithm, {"kid": kid} if kid else None)


def key_set(**keys: object) -> dict[str, object]:
    algorithms = {
        rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
    }
    listed = []
    for kid, key in keys.items():
        kind = next(algorithm for type_, algorithm in algorithms.items() if isinstance(key, type_))
        listed.append({**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "use": "sig"})
    return {"keys": listed}


def test_a_caller_may_ask_as_often_as_its_rate_allows_and_others_are_not_in_its_way():
    now = 100.0
    rates = Rates(2, lambda: now)
    rates.take("a")
    rates.take("a")
    with pytest.raises(RateLimitedError) as raised:
        rates.take("a")
    assert raised.value.retry_after_s == 1
    rates.take("b")
    now += 0.5
    rates.take("a")
    with pytest.raises(RateLimitedError):
        rates.take("a")


def test_a_slow_rate_tells_how_long_to_wait():
    now = 0.0
    rates = Rates(0.1, lambda: now)
    rates.take("a")
    with pytest.raises(RateLimitedError) as raised:
        rates.take("a")
    assert raised.value.retry_after_s == 10


async def test_a_token_signed_with_the_shared_secret_is_taken():
    principal = await Tokens(settings(jwt_secret=SECRET)).principal_of(signed(azp="web-app"))
    assert principal == Principal("jwt:ann", "jwt", frozenset({"read", "collect"}), "web-app")


@pytest.mark.parametrize(
    "token",
    [
        signed("another secret of forty characters here!"),
        signed(iss="https://elsewhere.org/"),
        signed(aud="another"),
        signed(exp=int(time.time()) - 60),
        signed(exp=None),
        signed(sub=None),
        signed(sub="x" * 300),
        signed(nbf=int(time.time()) + 600),
        jwt.encode(claims(), None, "none"),
        jwt.encode(claims(), SECRET * 2, "HS512"),
        signed(RSA, "RS256"),
        "a.b.c",
        "..",
        signed(padding="x" * 9000),
    ],
)
async def test_a_token_with_anything_wrong_is_refused_and_the_refusal_quotes_nothing(token: str):
    with pytest.raises(AuthError) as raised:
        await Tokens(settings(jwt_secret=SECRET)).principal_of(token)
    assert "ann" not in str(raised.value)
    assert "elsewhere" not in str(raised.value)


async def test_a_public_key_is_no_shared_secret(tmp_path: Path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(one=RSA)))
    tokens = Tokens(settings(jwt_jwks=str(file)))
    forged = jwt.encode(claims(), SECRET, "HS256", {"kid": "one"})
    with pytest.raises(AuthError):
        await tokens.principal_of(forged)


async def test_tokens_signed_with_keys_of_a_file_are_taken(tmp_path: Path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(one=RSA, two=EC)))
    tokens = Tokens(settings(jwt_jwks=str(file)))
    assert (await tokens.principal_of(signed(RSA, "RS256", "one"))).id == "jwt:ann"
    assert (await tokens.principal_of(signed(EC, "ES256", "two"))).id == "jwt:ann"
    with pytest.raises(AuthError):
        await tokens.principal_of(signed(EC, "ES256", "one"))
    with pytest.raises(AuthError):
        await tokens.principal_of(signed(RSA, "RS256"))


@pytest.fixture
def issuer():
    """A server of a key set: its address, what it serves, and how often it was asked."""

    class Handler(BaseHTTPRequestHandler):
        keys: dict[str, object] = key_set(one=RSA)
        asked = 0

        def do_GET(self):
            type(self).asked += 1
            body = json.dumps(self.keys).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/keys", Handler
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_key_set_is_fetched_once_and_again_for_an_unknown_key_but_not_for_each(issuer, monkeypatch):
    address, served = issuer
    tokens = Tokens(settings(jwt_jwks=address))
    token = signed(RSA, "RS256", "one")
    found = await asyncio.gather(*[tokens.principal_of(token) for _ in range(20)])
    assert {one.id for one in found} == {"jwt:ann"}
    assert served.asked == 1
    served.keys = key_set(one=RSA, two=EC)
    for _ in range(5):
        with pytest.raises(AuthError):
            await tokens.principal_of(signed(EC, "ES256", "two"))
    assert served.asked == 1
    monkeypatch.setattr("api.access.tokens.UNKNOWN_S", 0.0)
    assert (await tokens.principal_of(signed(EC, "ES256", "two"))).id == "jwt:ann"
    assert served.asked == 2


async def test_a_key_set_that_cannot_be_had_is_no_fault_of_the_caller():
    tokens = Tokens(settings(jwt_jwks="http://127.0.0.1:9/keys"))
    with pytest.raises(IssuerUnavailableError):
        await tokens.principal_of(signed(RSA, "RS256", "one"))


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ({"scope": "read read:pii openid"}, {"read", "read:pii"}),
        ({"scp": ["collect", "admin"]}, {"collect", "admin"}),
        ({"scp": "decide"}, {"decide"}),
        ({"scope": 7}, set()),
        ({}, set()),
    ],
)
def test_scopes_are_read_from_scope_or_scp(given: dict[str, object], scopes: set[str]):
    assert scopes_of(given) == scopes


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"jwt_secret": SECRET, "jwt_jwks": "keys.json"}, "not both"),
        ({"jwt_secret": SECRET, "jwt_audience": None}, "GRAPH_CDP_JWT_AUDIENCE"),
        ({"jwt_secret": SECRET, "jwt_algorithms": "RS256"}, "may hold HS256"),
        ({"jwt_jwks": "keys.json", "jwt_algorithms": "HS256"}, "may hold ES256"),
        ({"jwt_jwks": "keys.json", "jwt_algorithms": "none"}, "may hold ES256"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(given: dict[str, object], told: str):
    usual = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    with pytest.raises(ConfigError, match=told):
        Tokens(Settings(_env_file=None, **(usual | given)))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("localhost.shop.org", False),
        ("", False),
    ],
)
def test_this_machine_alone_is_loopback(host: str, here: bool):
    assert is_loopback(host) is here


def connection(client: str = "127.0.0.1", server: str = "127.0.0.1", **headers: str) -> HTTPConnection:
    named = {"host": "localhost:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    listed = [(name.encode(), value.encode()) for name, value in named.items()]
    return HTTPConnection({"type": "http", "headers": listed, "client": (client, 5000), "server": (server, 8000)})


def test_a_program_on_this_machine_is_from_here():
    assert is_from_here(connection())
    assert is_from_here(connection("::1", "::1", host="[::1]:8000"))
    assert is_from_here(connection(origin="http://localhost:3000"))


@pytest.mark.parametrize(
    "asked",
    [
        connection("192.168.1.5"),
        connection("127.0.0.1", "192.168.1.5"),
        connection(host="rebound.example.org"),
        connection(host=""),
        connection(origin="https://elsewhere.example.org"),
        connection(origin="null"),
        connection(origin="http://[broken"),
        connection(x_forwarded_for="127.0.0.1"),
        connection(forwarded="for=127.0.0.1"),
        connection(x_real_ip="127.0.0.1"),
    ],
)
def test_who_comes_from_elsewhere_by_whatever_way_is_not_from_here(asked: HTTPConnection):
    assert not is_from_here(asked)


async def test_a_key_works_from_when_it_is_made_until_it_is_revoked(store: Store, monkeypatch):
    monkeypatch.setattr(keyring, "KEPT_S", 0.0)
    monkeypatch.setattr(keyring, "_MISS_S", 0.0)
    ring = Keyring(store)
    text, key = make_key("web", ["collect"], "web", 1)
    assert await ring.key_of(text) is None
    await store.write(lambda tx: append_keys(tx, [key], "cli"))
    assert await ring.key_of(text) == key
    assert await ring.key_of(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    assert await ring.key_of(f"gcdp_{key.id}_") is None
    await store.write(lambda tx: revoke_key(tx, key.id, "cli", 2))
    assert await ring.key_of(text) is None


class Counting:
    """A store that counts how often it is read."""

    def __init__(self, store: Store) -> None:
        self.store, self.reads = store, 0

    async def read(self, work):
        self.reads += 1
        return await self.store.read(work)


async def test_wrong_keys_do_not_reach_the_store_one_by_one(store: Store):
    counting = Counting(store)
    ring = Keyring(counting)
    for number in range(1000):
        assert await ring.key_of(f"gcdp_{number}_x") is None
    assert counting.reads <= 2


async def entries(store: Store):
    return await store.read(lambda tx: tx.audit_page(0, 1000))


async def test_the_use_of_a_key_is_entered_once_a_minute(store: Store):
    now = 1_000_000
    audit = Audit(store, lambda: now, wait=False)
    audit.start()
    for _ in range(100):
        audit.key_used(KEY)
    now += 60_000
    audit.key_used(KEY)
    await audit.close()
    assert [(one.who, one.action, one.at) for one in await entries(store)] == [
        ("key:a", "use_key", 1_000_000),
        ("key:a", "use_key", 1_060_000),
    ]


async def test_every_read_of_personal_values_is_entered_with_who_and_whose(store: Store):
    audit = Audit(store, lambda: 7, wait=False)
    audit.start()
    await audit.personal_read(KEY, ["pro_a", "pro_b", "pro_a"])
    await audit.personal_read(KEY, [])
    await audit.personal_read(KEY, [f"pro_{number}" for number in range(250)])
    await audit.close()
    found = await entries(store)
    assert found[0][1:] == (7, "key:a", "read_personal", "pro_a pro_b", "")
    assert [len(one.subject.split()) for one in found] == [2, 100, 100, 50]


async def test_a_reader_may_have_to_wait_until_the_entry_is_durable(store: Store):
    audit = Audit(store, lambda: 7, wait=True)
    audit.start()
    await asyncio.gather(*[audit.personal_read(KEY, [f"pro_{number}"]) for number in range(50)])
    assert len(await entries(store)) == 50
    await audit.close()
