"""Subscribers on a real socket, and what the feed of a store holds to compare with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from graph_cdp.config import StoreUrl
from graph_cdp.domain.change import Commit
from graph_cdp.query.changes import commits_after
from graph_cdp.store.port import Store
from tests.stores import opened

Plain = dict[str, Any]
PROTOCOL = "graphql-transport-ws"
_WAIT_S = 60

IDENTITIES = """subscription($after: String, $kinds: [ChangeKind!]) {
  identityChanged(after: $after, kinds: $kinds) { cursor kind before after reason }
}"""
PROFILE = """subscription($key: IdentifierInput, $id: ID, $after: String) {
  profileChanged(identifier: $key, id: $id, after: $after) { cursor id changes { kind }
    profile { id identifiers { key } }
  }
}"""


def socket_url(url: str) -> str:
    return f"ws{url.removeprefix('http')}/graphql"


class Socket:
    """A socket that speaks the protocol by hand."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, type_: str, **more: Any) -> None:
        await self.connection.send(orjson.dumps({"type": type_, **more}).decode())

    async def next(self) -> Plain:
        async with asyncio.timeout(_WAIT_S):
            return orjson.loads(await self.connection.recv())

    async def subscribe(self, query: str, id_: str = "1", **variables: Any) -> None:
        await self.send("subscribe", id=id_, payload={"query": query, "variables": variables})

    async def event(self) -> Plain:
        """The next event of the only subscription."""
        message = await self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (event,) = message["payload"]["data"].values()
        return event

    async def codes(self) -> list[str]:
        """The codes of the errors that come next."""
        message = await self.next()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        return [error["extensions"]["code"] for error in errors]

    async def closing(self) -> int:
        """The code that the socket closes with; what came before is passed over."""
        with suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code


@asynccontextmanager
async def raw_socket(url: str, **options: Any) -> AsyncIterator[Socket]:
    """A socket that has said nothing yet."""
    async with connect(socket_url(url), **({"subprotocols": [PROTOCOL]} | options)) as connection:
        yield Socket(connection)


@asynccontextmanager
async def socket(url: str, key: str | None = None) -> AsyncIterator[Socket]:
    """A socket that may be used."""
    async with raw_socket(url) as one:
        await one.send("connection_init", payload={} if key is None else {"Authorization": f"Bearer {key}"})
        assert (await one.next())["type"] == "connection_ack"
        yield one


async def post(url: str, *events: Plain) -> None:
    """Send events, and wait until they are durable."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.post("/v1/batch", json={"writeKey": "tests", "batch": list(events)})
    assert answer.status_code == 200, answer.text


async def ask(url: str, query: str, key: str | None = None, **variables: Any) -> Plain:
    """The data that a query or a mutation gives."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, timeout=60, headers=headers) as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


async def here(url: str, key: str | None = None) -> str:
    """The cursor of the newest change."""
    return (await ask(url, "{ changesCursor }", key))["changesCursor"]


@asynccontextmanager
async def store_at(url: StoreUrl) -> AsyncIterator[Store]:
    store = await opened(url)
    try:
        yield store
    finally:
        await store.close()


async def feed_of(store: Store, after: int = 0) -> list[Commit]:
    """All commits that the store's feed holds, after a number."""
    found = list[Commit]()
    while page := await store.read(partial(commits_after, seq=found[-1].seq if found else after, limit=500)):
        found += page
    return found


def track(who: str, browser: str | None, id_: str) -> Plain:
    """An event of an account, on a browser or none."""
    named = {"userId": who} | ({} if browser is None else {"anonymousId": browser})
    return {"type": "track", "event": "Seen", "messageId": id_, **named}
