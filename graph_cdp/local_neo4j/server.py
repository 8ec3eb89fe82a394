"""Start, stop and look at the local Neo4j of a folder."""

import os
import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from neo4j import GraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j.folder import Folder, Record
from graph_cdp.local_neo4j.installation import Progress, install, silent
from graph_cdp.local_neo4j.java import end, server_process, set_initial_password, spawn, wait_for_command_line
from graph_cdp.local_neo4j.locks import locked
from graph_cdp.local_neo4j.models import Running, Stopped
from graph_cdp.local_neo4j.settings import LOCALHOST, Memory, memory_for, neo4j_conf
from graph_cdp.local_neo4j.versions import CURRENT

_NAME = "neo4j"
_PAUSE_S = 0.1
_HTTP_TIMEOUT_S = 10


def start(
    dir: Path,  # noqa: A002
    *,
    version: str = CURRENT,
    bolt_port: int | None = None,
    http_port: int | None = None,
    heap_mib: int | None = None,
    page_cache_mib: int | None = None,
    java_options: Sequence[str] = (),
    wait_s: float = 180.0,
    progress: Progress = silent,
) -> Running:
    """Start the Neo4j of a folder, installing it first if need be; returns when it answers.

    The folder keeps data, logs and a password of its own. A port that is None is the one the folder had last time, if
    it is free, else any free one; memory that is None suits the machine; `java_options` go to Java as they are. The
    server listens on 127.0.0.1 alone and outlives this process. Where the folder's server runs already, that one is
    given, with `already` True. A later version upgrades the folder's data for good. Raises LocalNeo4jError, with the
    end of the server's log where it died or did not answer within `wait_s` seconds.
    """
    folder = Folder(dir.resolve())
    memory = memory_for(_memory_mib())
    memory = Memory(heap_mib or memory.heap_mib, page_cache_mib or memory.page_cache_mib)
    try:
        folder.make()
        with locked(folder.lock, lambda: progress("waiting for another start", 0, 0)):
            running = status(dir)
            if isinstance(running, Running):
                _must_agree(running, version, bolt_port, http_port)
                _wait_until_it_answers(folder, running, wait_s)
                return running
            folder.admit(version)
            install(version, progress)
            return _start(folder, version, (bolt_port, http_port), memory, java_options, wait_s, progress)
    except OSError as error:
        raise LocalNeo4jError(f"{folder.dir} cannot hold a Neo4j: {error.strerror}. Choose another folder.") from error


def stop(dir: Path, *, wait_s: float = 60.0) -> bool:  # noqa: A002
    """Stop the Neo4j of a folder; False if none ran. It is killed if it has not ended after `wait_s` seconds."""
    folder = Folder(dir.resolve())
    record = folder.record()
    process = server_process(folder, record.pid) if record else None
    if process is None:
        return False
    end(process, wait_s)
    return True


def status(dir: Path) -> Running | Stopped:  # noqa: A002
    """Whether the Neo4j of a folder runs. One that is being started counts as running, though it may not answer yet."""
    folder = Folder(dir.resolve())
    record = folder.record()
    password = folder.password()
    if record is None or password is None:
        return Stopped(folder.dir, None)
    if server_process(folder, record.pid) is None:
        return Stopped(folder.dir, record.version)
    return Running(
        # A bolt URL goes to the one server there is; a neo4j URL would first ask it for a routing table.
        store=f"bolt://{_NAME}:{password}@{LOCALHOST}:{record.bolt_port}",
        browser=f"http://{LOCALHOST}:{record.http_port}/browser/",
        pid=record.pid,
        version=record.version,
        dir=folder.dir,
        bolt_port=record.bolt_port,
        http_port=record.http_port,
        already=True,
    )


def _start(
    folder: Folder,
    version: str,
    ports: tuple[int | None, int | None],
    memory: Memory,
    java_options: Sequence[str],
    wait_s: float,
    progress: Progress,
) -> Running:
    last = folder.record()
    with ExitStack() as held:
        bolt = _choose_port(held, ports[0], last.bolt_port if last else 0)
        http = _choose_port(held, ports[1], last.http_port if last else 0)
    (folder.conf / "neo4j.conf").write_text(neo4j_conf(version, bolt, http, memory))
    if folder.password() is None:
        set_initial_password(folder, version, secrets.token_hex(24))
    progress(f"starting Neo4j {version}", 0, 0)
    record = Record(version, 0, bolt, http)
    folder.write_record(record)  # before the server touches the data: from here on they may be of this version
    pid = spawn(folder, version, memory, java_options)
    folder.write_record(replace(record, pid=pid))
    wait_for_command_line(pid)
    running = status(folder.dir)
    if isinstance(running, Stopped):
        raise LocalNeo4jError(f"Neo4j {version} did not start in {folder.dir}:\n{folder.log_tail()}")
    try:
        _wait_until_it_answers(folder, running, wait_s)
    except BaseException:
        stop(folder.dir)
        raise
    return replace(running, already=False)


def _wait_until_it_answers(folder: Folder, running: Running, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    password = folder.password() or ""
    with GraphDatabase.driver(
        f"bolt://{LOCALHOST}:{running.bolt_port}",
        auth=(_NAME, password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    ) as driver:
        while True:
            if server_process(folder, running.pid) is None:
                raise LocalNeo4jError(f"Neo4j {running.version} ended in {folder.dir}:\n{folder.log_tail()}")
            try:
                if _serves_browser(running.http_port):
                    driver.verify_connectivity()
                    return
            except AuthError as error:
                raise LocalNeo4jError(
                    f"The server in {folder.dir} does not take the password kept there: "
                    "if it was changed, write the new one to the file `password`."
                ) from error
            except (DriverError, Neo4jError):
                pass  # it is not up yet; the deadline ends this
            if time.monotonic() > deadline:
                silence = f"Neo4j {running.version} did not answer within {wait_s:.0f} s in {folder.dir}"
                raise LocalNeo4jError(f"{silence}:\n{folder.log_tail()}")
            time.sleep(_PAUSE_S)


def _must_agree(running: Running, version: str, bolt_port: int | None, http_port: int | None) -> None:
    wanted = (version, bolt_port or running.bolt_port, http_port or running.http_port)
    if wanted != (running.version, running.bolt_port, running.http_port):
        raise LocalNeo4jError(
            f"Neo4j {running.version} runs in {running.dir} already, Bolt on port {running.bolt_port} and HTTP on "
            f"{running.http_port}: stop it first, or choose another folder."
        )


def _choose_port(held: ExitStack, wanted: int | None, last: int) -> int:
    """Hold a free port until `held` is closed: the wanted one, else the last, else any (0)."""
    for port in (wanted,) if wanted is not None else (last, 0):
        taken = held.enter_context(socket.socket())
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((LOCALHOST, port))
            taken.listen(1)
        except OSError:
            continue
        number: int = taken.getsockname()[1]
        return number
    raise LocalNeo4jError(f"Port {wanted} cannot be used: something listens on it, or it is reserved. Choose another.")


def _serves_browser(http_port: int) -> bool:
    """Whether the page is there. HTTP comes up last, a while after its port is open."""
    connection = HTTPConnection(LOCALHOST, http_port, timeout=_HTTP_TIMEOUT_S)
    try:
        connection.request("HEAD", "/browser/")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
