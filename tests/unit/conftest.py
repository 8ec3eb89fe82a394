import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from typer.testing import CliRunner

from graph_cdp.cli.app import app
from tests.unit.two_persons import ANN_A, ANN_B, BOB, NOBODY, POLICY, WIDE


class Ran(NamedTuple):
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return orjson.loads(self.out)

    @property
    def rows(self):
        return [orjson.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Ran]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `graph-cdp` with these arguments, in an empty folder, with no settings but the store there."""
    for name in ("POLICY", "ID_KEY", "BATCH_EVENTS"):
        monkeypatch.delenv(f"GRAPH_CDP_{name}", raising=False)
    monkeypatch.setenv("GRAPH_CDP_STORE", "sqlite:///store.db")
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def run(*arguments: object) -> Ran:
        result = runner.invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ran(result.exit_code, result.stdout, re.sub(r"\x1b\[[0-9;]*m", "", result.stderr))

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of JSON Lines, and gives its path."""

    def lines(name: str, *rows: object) -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        return path

    return lines


@pytest.fixture
def events(write: Callable[..., Path]) -> Path:
    """A file of the events of two persons."""
    return write("events.jsonl", ANN_A, ANN_B, BOB, NOBODY)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A file with the policy that keeps them apart."""
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A file with the policy that does not."""
    path = tmp_path / "wide.toml"
    path.write_text(WIDE)
    return path


@pytest.fixture
def loaded(cli: Cli, events: Path, policy: Path) -> Cli:
    """Runs `graph-cdp` over a store that holds these events."""
    assert cli("ingest", events, "--policy", policy).code == 0
    return cli
