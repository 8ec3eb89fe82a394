"""The real service, in a process of its own on a free port of 127.0.0.1, and what its store then holds."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from graph_cdp.config import StoreUrl
from graph_cdp.policies import Rules, default_policy
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.store.port import StoredEvent
from tests.stores import ID_KEY, dump_of, opened, url_text

ROOT = Path(__file__).resolve().parents[2]
RULES = Rules.of(default_policy())

_START_S = 120.0
_STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A service that runs. `url` has no slash at its end."""

    url: str
    store: StoreUrl
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Stop it gracefully, and wait until it is gone."""
        self.process.terminate()
        self.process.wait(_STOP_S)

    async def profile(self, key: str, events: int = 1000) -> ProfileView:
        """The profile of an identifier, read from the store beside the service."""
        store = await opened(self.store)
        try:
            view = await store.read(lambda tx: profile_of(tx, key, store, RULES.policy, events))
        finally:
            await store.close()
        assert isinstance(view, ProfileView), key
        return view

    async def events(self) -> list[StoredEvent]:
        """Every event that is stored, by id."""
        store = await opened(self.store)
        try:
            return list((await dump_of(store))["events"])
        finally:
            await store.close()


@contextmanager
def serving(store: StoreUrl, folder: Path, workers: int = 1, **settings: str) -> Iterator[Server]:
    """Run the service on a store; `settings` are variables without their prefix, in capitals."""
    port = _free_port()
    given = {"STORE": url_text(store), "ID_KEY": ID_KEY, "MODE": "development"} | settings
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    environment = inherited | {f"GRAPH_CDP_{name}": value for name, value in given.items()} | {"PYTHONPATH": str(ROOT)}
    program = Path(sys.executable).with_name("graph-cdp")
    command = [program, "serve", "--port", str(port), "--workers", str(workers)]
    log = folder / f"server-{port}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=lines, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", store, process, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_until_ready(server: Server) -> None:
    until = time.monotonic() + _START_S
    while True:
        assert server.process.poll() is None, server.log.read_text()
        try:
            httpx.get(f"{server.url}/v1/track")
        except httpx.TransportError:
            assert time.monotonic() < until, server.log.read_text()
            time.sleep(0.05)
        else:
            return
