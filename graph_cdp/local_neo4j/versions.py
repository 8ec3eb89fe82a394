"""Versions of Neo4j: `5.26.30` of the old counting, `2026.09.0` by year and month since 2025."""

import re
from typing import Final

from graph_cdp.errors import LocalNeo4jError

CURRENT: Final = "2026.09.0"
LTS: Final = "5.26.30"
BROWSER: Final = "5.24.0"
"""The version of Neo4j Browser, which is published apart from the server."""

_VERSION = re.compile(r"\d+\.\d+\.\d+")


def order_of(version: str) -> tuple[int, ...]:
    """A sort key: later versions are greater. Raises LocalNeo4jError where it is not a version."""
    if not _VERSION.fullmatch(version):
        raise LocalNeo4jError(f"'{version}' is not a version of Neo4j: write it in full, such as {CURRENT} or {LTS}.")
    return tuple(int(part) for part in version.split("."))


def main_class(version: str) -> str:
    """The Java class that runs the server."""
    if order_of(version) < (2025,):
        return "org.neo4j.server.CommunityEntryPoint"
    return "org.neo4j.server.Neo4jCommunity"
