"""What is known of a local Neo4j: it runs, or it does not."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs.

    `store` is a value for `GRAPH_CDP_STORE`, password included; `browser` is the page of Neo4j Browser. `already` is
    True unless the call that gives this value started the server.
    """

    store: str
    browser: str
    pid: int
    version: str
    dir: Path
    bolt_port: int
    http_port: int
    already: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """No server runs in this folder. `version` is the one that its data belong to, None where there are none."""

    dir: Path
    version: str | None
