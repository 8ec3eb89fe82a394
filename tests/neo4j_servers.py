"""Real Neo4j servers for the tests: the current release and 5.26 LTS, each started once, when first asked for.

In `tests/conftest.py`: `pytest_plugins = ["tests.neo4j_servers"]`. The fixtures give store URLs. A server that cannot
be had fails the tests that want it. `GRAPH_CDP_TEST_NEO4J` names a running server to use as the current one (its
data are wiped); `GRAPH_CDP_TEST_DOCKER=1` takes both from Docker instead.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from neo4j import Driver, GraphDatabase

from graph_cdp import local_neo4j

# Two servers share a small machine with the tests, and live too briefly to repay Java's second compiler.
SMALL: dict[str, Any] = {"heap_mib": 1024, "page_cache_mib": 512, "java_options": ["-XX:TieredStopAtLevel=1"]}
_BATCH = 20_000
_PASSWORD = "for-the-tests"


@pytest.fixture(scope="session")
def neo4j_current(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The store URL of a server of the current release."""
    given = os.environ.get("GRAPH_CDP_TEST_NEO4J")
    if given:
        yield given
        return
    with _server(local_neo4j.CURRENT, tmp_path_factory.mktemp("neo4j-current")) as store:
        yield store


@pytest.fixture(scope="session")
def neo4j_lts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The store URL of a server of the 5.26 LTS release."""
    with _server(local_neo4j.LTS, tmp_path_factory.mktemp("neo4j-lts")) as store:
        yield store


def driver_of(store: str) -> Driver:
    """A driver for a store URL; the caller closes it."""
    url = urlsplit(store)
    auth = (unquote(url.username or ""), unquote(url.password or ""))
    return GraphDatabase.driver(f"{url.scheme}://{url.hostname}:{url.port or 7687}", auth=auth)


def asked(server: str, query: str, **parameters: Any) -> list[list[Any]]:
    """What an analyst is answered."""
    with driver_of(server) as driver:
        return [list(record) for record in driver.execute_query(query, parameters).records]  # type: ignore[arg-type]


def wipe(store: str, *, schema: bool = False) -> None:
    """Delete all nodes and relationships of a store, in batches; with `schema` its constraints and indexes too."""
    with driver_of(store) as driver, driver.session(database=urlsplit(store).path.strip("/") or None) as session:
        session.run(f"MATCH (n) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {_BATCH} ROWS").consume()
        if not schema:
            return
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        for name in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").value():
            session.run(f"DROP INDEX `{name}`").consume()


@contextmanager
def _server(version: str, directory: Path) -> Iterator[str]:
    if os.environ.get("GRAPH_CDP_TEST_DOCKER") == "1":
        with _in_docker(version) as store:
            yield store
        return
    running = local_neo4j.start(directory, version=version, **SMALL)
    try:
        yield running.store
    finally:
        local_neo4j.stop(directory)


@contextmanager
def _in_docker(version: str) -> Iterator[str]:
    from docker.errors import DockerException  # noqa: PLC0415 - only where Docker is asked for
    from testcontainers.community.neo4j import Neo4jContainer  # noqa: PLC0415

    try:
        container = Neo4jContainer(f"neo4j:{version}-community", username="neo4j", password=_PASSWORD)
    except DockerException as error:
        raise RuntimeError(
            f"GRAPH_CDP_TEST_DOCKER=1 asks for Docker, and no engine answers: start it, or unset that. {error}"
        ) from None
    with container:
        url = urlsplit(container.get_connection_url())
        yield f"bolt://neo4j:{_PASSWORD}@{url.hostname}:{url.port}"
