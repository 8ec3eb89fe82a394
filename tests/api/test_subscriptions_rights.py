"""Streams that are open end when the key that opened them loses its rights."""

import asyncio
import socket as sockets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
import uvicorn

from api.access import keyring
from api.app import create_app
from api.graphql import event_stream
from api.graphql import sockets as socket_module
from graph_cdp.config import Settings
from graph_cdp.service.keys import append_keys, make_key, revoke_key
from graph_cdp.store.port import Store
from tests.api.subscribers import IDENTITIES, socket
from tests.stores import ID_KEY, NOW, file_url, opened


@contextmanager
def impatient(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service in a thread, which looks at rights more often than it does otherwise."""
    monkeypatch.setattr(keyring, "KEPT_S", 0.1)
    monkeypatch.setattr(socket_module, "CHECK_EVERY_S", 0.2)
    monkeypatch.setattr(socket_module, "INIT_S", 0.5)
    monkeypatch.setattr(event_stream, "CHECK_EVERY_S", 0.2)
    monkeypatch.setattr(event_stream, "HEARTBEAT_S", 0.1)
    settings = Settings(store=file_url(path / "graph.db"), id_key=ID_KEY, _env_file=None)
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
    with sockets.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


async def events_until_the_end(url: str, key: str) -> list[dict]:
    body, headers = {"query": IDENTITIES}, {"Accept": "text/event-stream", "Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("POST", f"{url}/graphql", json=body, headers=headers) as response,
    ):
        lines = [line async for line in response.aiter_lines()]
    return [orjson.loads(line[6:]) for line in lines if line.startswith("data: ")]


async def test_a_key_that_is_revoked_ends_what_it_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, key = make_key("test", ["read"], "web", NOW)
    store: Store = await opened(file_url(tmp_path / "graph.db"))
    await store.write(lambda tx: append_keys(tx, [key], "test"))
    with impatient(tmp_path, monkeypatch) as url:
        async with socket(url, text) as one:
            await one.subscribe(IDENTITIES)
            stream = asyncio.create_task(events_until_the_end(url, text))
            await asyncio.sleep(1)
            assert not stream.done()
            await one.send("ping")
            assert await one.next() == {"type": "pong"}
            await store.write(lambda tx: revoke_key(tx, key.id, "test", NOW))
            assert await one.closing() == 4403
            (told,) = await stream
    assert told["errors"][0]["extensions"]["code"] == "unauthorized"
    await store.close()
