"""A service that may be killed and started again at one address, all its workers with it."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil

from graph_cdp.config import StoreUrl
from tests.http_client import Address
from tests.stores import ID_KEY, url_text

ROOT = Path(__file__).resolve().parents[2]

_START_S = 120.0
_STOP_S = 60.0


class Service:
    """`graph-cdp serve` in development mode, on a free port of 127.0.0.1 that it keeps.

    `settings` are variables without their prefix, in capitals. `file_bytes` bounds each file that it writes, as a full
    disk does, until `make_room`.
    """

    def __init__(
        self,
        store: StoreUrl,
        policy: Path,
        folder: Path,
        *,
        workers: int = 1,
        file_bytes: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.address = Address("127.0.0.1", _free_port())
        self.store = store
        self.log = folder / f"service-{self.address.port}.log"
        given = {"STORE": url_text(store), "POLICY": str(policy), "ID_KEY": ID_KEY, "MODE": "development"}
        given |= {"RATE_LIMIT": "1000000", "LOG_LEVEL": "warning", **(settings or {})}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
        self._environment = inherited | {f"GRAPH_CDP_{name}": value for name, value in given.items()}
        self._folder = folder
        self._workers = workers
        self._file_bytes = file_bytes
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.address.host}:{self.address.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-c", "from graph_cdp.cli import main; main()", "serve"]
        command += ["--port", str(self.address.port), "--workers", str(self._workers)]
        with self.log.open("ab") as lines:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment | {"PYTHONPATH": str(ROOT)},
                stdout=lines,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + _START_S
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        if self._file_bytes is not None:
            self._bound_files(self._file_bytes)

    def kill(self) -> None:
        """Kill it with all its workers, without a word."""
        assert self._process is not None
        processes = self.processes()
        for process in processes:
            process.kill()
        self._process.wait(_STOP_S)
        assert psutil.wait_procs(processes, timeout=_STOP_S)[1] == []

    def stop(self) -> None:
        """Stop it gracefully if it runs, and wait until it is gone."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def processes(self) -> list[psutil.Process]:
        """Its first process and the workers."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def beside(self) -> list[psutil.Process]:
        """The processes beside its workers that read large requests."""
        return [one for one in self.processes() if _is_running(one, "reading_beside")]

    def refreshing(self) -> list[psutil.Process]:
        """The processes beside its workers that refresh the review queue, for some minutes now and then."""
        return [one for one in self.processes() if _is_running(one, "refresh") or _is_running(one, "--changed")]

    def make_room(self) -> None:
        """Let its files grow from now on."""
        self._bound_files(resource.RLIM_INFINITY)

    def _bound_files(self, size: int) -> None:
        for process in self.processes():
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _answers(self) -> bool:
        connection = HTTPConnection(self.address.host, self.address.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running(*arguments: Any, **options: Any) -> Iterator[Service]:
    """A service that has started, and that is stopped in the end."""
    service = Service(*arguments, **options)
    try:
        service.start()
        yield service
    finally:
        service.stop()


def _is_running(process: psutil.Process, what: str) -> bool:
    try:
        return any(what in part for part in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
