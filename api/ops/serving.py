"""Starting uvicorn: its bounds, its workers, what they share."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn

from api.access.development import is_loopback
from api.access.tokens import Tokens
from api.ops.logs import log_config
from api.ops.protocol import READ_TIMEOUT
from graph_cdp.cli.opening import given_policy, now_millis, opened_store
from graph_cdp.config import Settings, load_settings
from graph_cdp.errors import ConfigError
from graph_cdp.service.settle import settle

_KEEP_ALIVE_S = 30
_BACKLOG = 2048
_WORKER_SILENT_S = 120  # as long as a write may wait for other writers
_WEBSOCKET_BYTES = 1024 * 1024
_START_FAILED = 3


class Wanted(NamedTuple):
    """What the command line asks for; `store`, `policy` and `mode` None: as the settings say."""

    host: str
    port: int
    workers: int
    store: str | None = None
    policy: Path | None = None
    mode: str | None = None


def serve_until_stopped(wanted: Wanted) -> None:
    """Run the workers until SIGTERM or SIGINT.

    Raises ConfigError where the settings do not allow it, StoreError where the store cannot be used.
    """
    with _environment(wanted):
        settings = load_settings()
        _check(settings, wanted.host)
        asyncio.run(_prepare_store(settings))
        try:
            uvicorn.run(
                "api.app:app",
                host=wanted.host,
                port=wanted.port,
                workers=wanted.workers,
                loop="uvloop",
                http="api.ops.protocol:BoundedProtocol",
                log_config=log_config(settings.log_level),
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=settings.stop_timeout,
                timeout_worker_healthcheck=_WORKER_SILENT_S,
                ws_max_size=_WEBSOCKET_BYTES,
            )
        except SystemExit as end:
            if end.code == _START_FAILED:
                raise ConfigError(
                    f"the service did not start on {wanted.host} port {wanted.port}: the log above says why"
                ) from None
            raise


def _check(settings: Settings, host: str) -> None:
    if settings.mode == "development" and not is_loopback(host):
        raise ConfigError(
            f"in development mode no key is needed, so only this machine may ask: listen on 127.0.0.1, not on {host}, "
            "or set GRAPH_CDP_MODE to production"
        )
    Tokens(settings)  # what is wrong with them is told here, once, rather than by each worker


async def _prepare_store(settings: Settings) -> None:
    """Open the store once, and bring it to this program's version, before the workers do: an error is told once."""
    async with opened_store(settings, new=True) as store:
        await settle(store, given_policy(settings), now_millis())


@contextmanager
def _environment(wanted: Wanted) -> Iterator[None]:
    """Set what the workers, which are new processes, read from their environment."""
    given = {"STORE": wanted.store, "POLICY": wanted.policy, "MODE": wanted.mode}
    for name, value in given.items():
        if value is not None:
            os.environ[f"GRAPH_CDP_{name}"] = str(value)
    os.environ[READ_TIMEOUT] = f"{load_settings().read_timeout:g}"
    # uvicorn raises the signal again when it is done, and this is then an end like any other.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if wanted.workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="graph-cdp-metrics-") as folder:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
        yield
