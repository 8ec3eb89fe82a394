"""Back up and restore the data of a folder, by Neo4j's own dump and load. Its server must not run meanwhile."""

import secrets
from pathlib import Path

from graph_cdp.errors import LocalNeo4jError
from graph_cdp.local_neo4j.folder import Folder
from graph_cdp.local_neo4j.installation import Progress, install, silent
from graph_cdp.local_neo4j.java import administer, set_initial_password
from graph_cdp.local_neo4j.models import Running
from graph_cdp.local_neo4j.server import status
from graph_cdp.local_neo4j.versions import CURRENT

DUMP = "neo4j.dump"
"""What the file of a dump is called, in the folder that it is written to."""


def dump(dir: Path, to: Path) -> Path:  # noqa: A002
    """Write all data of a folder to `to`/neo4j.dump, over one that is there; gives its path. Raises LocalNeo4jError."""
    folder = Folder(dir.resolve())
    record = folder.record()
    if record is None:
        raise LocalNeo4jError(f"{folder.dir} holds no Neo4j: name the folder that one was started in.")
    _must_not_run(dir)
    to.mkdir(parents=True, exist_ok=True)
    place = to.resolve()
    administer(
        folder, record.version, ("database", "dump", "neo4j", f"--to-path={place}", "--overwrite-destination=true")
    )
    return place / DUMP


def load(
    dir: Path,  # noqa: A002
    source: Path,
    *,
    version: str | None = None,
    progress: Progress = silent,
) -> None:
    """Replace all data of a folder, new or not, by those of `source`/neo4j.dump. Raises LocalNeo4jError.

    `version` None is the one that the folder had last, or the current one; a dump of an earlier version is taken.
    """
    if not (source / DUMP).exists():
        raise LocalNeo4jError(f"{source} holds no {DUMP}: name the folder that a dump was written to.")
    folder = Folder(dir.resolve())
    folder.make()
    _must_not_run(dir)
    record = folder.record()
    version = version or (record.version if record else CURRENT)
    folder.admit(version)
    install(version, progress)
    if folder.password() is None:
        set_initial_password(folder, version, secrets.token_hex(24))
    administer(
        folder,
        version,
        ("database", "load", "neo4j", f"--from-path={source.resolve()}", "--overwrite-destination=true"),
    )


def _must_not_run(dir: Path) -> None:  # noqa: A002
    if isinstance(status(dir), Running):
        raise LocalNeo4jError(f"The Neo4j in {dir} runs: stop it first (graph-cdp neo4j stop --dir {dir}).")
