"""Java's processes: the administrator's tool, and the server that outlives its starter."""

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j.folder import Folder, write_private
from graph_cdp.local_neo4j.installation import extra, java, path
from graph_cdp.local_neo4j.settings import Memory, java_options
from graph_cdp.local_neo4j.versions import main_class

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped]

_EXEC_S = 30.0
_EXEC_PAUSE_S = 0.001
_ADMIN_TIMEOUT_S = 3600  # a dump of much data takes its time


def set_initial_password(folder: Folder, version: str, password: str) -> None:
    """Set the password of `neo4j` before the first start, and keep it in the folder."""
    administer(folder, version, ("dbms", "set-initial-password", password))
    folder.write_password(password)


def spawn(folder: Folder, version: str, memory: Memory, options: Sequence[str]) -> int:
    """Start the server in a session of its own, its output in the folder's log; gives its pid."""
    command = [
        str(java()),
        *java_options(memory),
        *options,
        "-cp",
        _jars(version),
        main_class(version),
        _home_option(folder),
        f"--config-dir={folder.conf}",
        "--console-mode",
    ]
    return os.posix_spawn(
        command[0],
        command,
        _environment(folder),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, folder.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def wait_for_command_line(pid: int) -> None:
    """Wait until a process that was just spawned can be told by its command line, or has ended.

    Spawning returns as soon as the new program has its memory, and its command line is written there a while after.
    """
    psutil = extra("psutil")
    until = time.monotonic() + _EXEC_S
    with suppress(psutil.Error):
        while not psutil.Process(pid).cmdline() and time.monotonic() < until:
            time.sleep(_EXEC_PAUSE_S)


def server_process(folder: Folder, pid: int) -> "psutil.Process | None":
    """The folder's server; None if `pid` has ended, or is another process by now."""
    psutil = extra("psutil")
    if pid <= 0:
        return None
    try:
        process = psutil.Process(pid)
        # A pid is used again, a home folder has one server: the command line tells whose process it is.
        return process if _home_option(folder) in process.cmdline() else None
    except psutil.Error:
        return None


def end(process: "psutil.Process", wait_s: float) -> None:
    """Ask a process to end, and make it end if it has not after `wait_s` seconds."""
    psutil = extra("psutil")
    try:
        process.terminate()
        try:
            process.wait(wait_s)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(wait_s)
    except psutil.NoSuchProcess:
        pass


def administer(folder: Folder, version: str, arguments: Sequence[str]) -> None:
    """Run neo4j-admin. Its arguments go through a private file: a command line can be read by all of the machine."""
    file = folder.conf / "admin.arguments"
    words = ("-cp", _jars(version), "--sun-misc-unsafe-memory-access=allow", "org.neo4j.cli.AdminTool", *arguments)
    write_private(file, "\n".join(_quoted(word) for word in words))
    try:
        done = subprocess.run(  # noqa: S603
            [java(), f"@{file}"],
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ADMIN_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalNeo4jError(f"neo4j-admin could not be run in {folder.dir}: {type(error).__name__}.") from error
    finally:
        file.unlink()
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise LocalNeo4jError(f"neo4j-admin failed in {folder.dir}:\n{said}")


def _jars(version: str) -> str:
    return str(path(version) / "lib" / "*")


def _home_option(folder: Folder) -> str:
    return f"--home-dir={folder.dir}"


def _environment(folder: Folder) -> dict[str, str]:
    return {**os.environ, "NEO4J_HOME": str(folder.dir), "NEO4J_CONF": str(folder.conf)}


def _quoted(word: str | Path) -> str:
    return '"' + str(word).replace("\\", "\\\\").replace('"', '\\"') + '"'
