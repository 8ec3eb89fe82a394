"""Back-up and restore, as docs/operations.md tells them, on both stores, with real files and a real server."""

import asyncio
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph_cdp import local_neo4j
from graph_cdp.cli.app import app
from graph_cdp.config import StoreUrl
from graph_cdp.policies import Rules, default_policy
from graph_cdp.service.ingest import ingest
from graph_cdp.store.port import Store
from tests.neo4j_servers import SMALL
from tests.stores import NOW, differences, dump_of, file_url, opened

RULES = Rules.of(default_policy())
PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")


def events(first: int, count: int) -> list[object]:
    raw = [
        {
            "messageId": f"m{number}",
            "timestamp": f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}Z",
            "type": "identify",
            "userId": f"u{number % 50}",
            "anonymousId": f"a{number % 70}",
            "traits": {"email": f"p{number % 50}@shop.org"},
        }
        for number in range(first, first + count)
    ]
    return [RULES.reader.read(one, source="web", now=NOW) for one in raw]


async def add(store: Store, first: int, count: int) -> None:
    await store.write(lambda tx: ingest(tx, events(first, count), RULES))


def python_line(part: str) -> list[str]:
    """The words of the page's line that holds a part, run by this Python."""
    line = next(line for line in PAGE.splitlines() if part in line and line.startswith("python"))
    return [sys.executable, *shlex.split(line)[1:]]


async def test_a_sqlite_store_is_backed_up_while_it_is_written_and_restored_whole(tmp_path: Path):
    store = await opened(file_url(tmp_path / "graph_cdp.db"))
    try:
        await add(store, 0, 500)
        command = python_line("VACUUM INTO")
        backing_up = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=subprocess.PIPE)
        first = 500
        while backing_up.returncode is None:
            await add(store, first, 20)
            first += 20
            await asyncio.sleep(0.01)
        assert await backing_up.wait() == 0
        live = await dump_of(store)
    finally:
        await store.close()
    restored = await opened(file_url(tmp_path / "backup.db"))
    try:
        kept = await dump_of(restored)
        assert await differences(restored, RULES) == ()
        assert 500 <= len(kept["events"]) <= len(live["events"])
        assert set(kept["events"]) <= set(live["events"])
        await add(restored, 0, first)
        assert await dump_of(restored) == live
    finally:
        await restored.close()


def test_the_lines_of_the_page_for_neo4j_are_those_that_are_tested():
    told = re.findall(r"^graph-cdp neo4j .*$", PAGE, re.MULTILINE)
    assert "graph-cdp neo4j dump --dir graph --to backup" in told
    assert "graph-cdp neo4j load --dir restored --from backup" in told


async def test_a_neo4j_store_is_backed_up_and_restored_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    cli = CliRunner()
    graph, restored = Path("graph"), Path("restored")
    try:
        before = await filled(local_neo4j.start(graph, **SMALL).store)
        refused = cli.invoke(app, shlex.split("neo4j dump --dir graph --to backup"))
        assert refused.exit_code == 3
        local_neo4j.stop(graph)
        dumped = cli.invoke(app, shlex.split("neo4j dump --dir graph --to backup"))
        assert dumped.exit_code == 0, dumped.output
        assert "Backed up to" in dumped.output
        loaded = cli.invoke(app, shlex.split("neo4j load --dir restored --from backup"))
        assert loaded.exit_code == 0, loaded.output
        store = await opened(StoreUrl.parse(local_neo4j.start(restored, **SMALL).store))
        try:
            assert await dump_of(store) == before
            assert await differences(store, RULES) == ()
            await add(store, 300, 10)
        finally:
            await store.close()
    finally:
        for folder in (graph, restored):
            if folder.exists():
                local_neo4j.stop(folder)


async def filled(url: str) -> dict[str, list[object]]:
    """A store with events; gives all that it holds."""
    store = await opened(StoreUrl.parse(url))
    try:
        await add(store, 0, 300)
        return await dump_of(store)
    finally:
        await store.close()


def test_a_folder_without_a_dump_or_a_server_is_told(tmp_path: Path):
    cli = CliRunner()
    missing = cli.invoke(app, ["neo4j", "load", "--dir", str(tmp_path / "x"), "--from", str(tmp_path)])
    assert (missing.exit_code, "holds no neo4j.dump" in missing.output) == (3, True)
    nothing = cli.invoke(app, ["neo4j", "dump", "--dir", str(tmp_path / "x"), "--to", str(tmp_path)])
    assert (nothing.exit_code, "holds no Neo4j" in nothing.output) == (3, True)
