"""One service, or one world of GraphQL, for the tests of a file, on SQLite and on Neo4j in turn."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from graph_cdp.config import StoreUrl
from tests.api.graphql_world import World, world_of
from tests.api.servers import Server, serving
from tests.neo4j_servers import wipe
from tests.stores import file_url

STORES = ("sqlite-file", "neo4j-current")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a service has its files and its log."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module", params=STORES)
def empty_url(request: pytest.FixtureRequest, folder: Path) -> StoreUrl:
    """An empty store that a service and a test can both open."""
    return _empty(request, folder)


@pytest.fixture(scope="module")
def server(empty_url: StoreUrl, folder: Path) -> Iterator[Server]:
    """The service in development mode: no key is needed."""
    with serving(empty_url, folder) as running:
        yield running


@pytest.fixture(scope="module")
async def world(empty_url: StoreUrl) -> AsyncIterator[World]:
    """What the tests of a file ask, and leave as it was."""
    async with world_of(empty_url) as world:
        yield world


@pytest.fixture(params=STORES)
async def fresh_world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """One that its test may change."""
    async with world_of(_empty(request, tmp_path)) as world:
        yield world


def _empty(request: pytest.FixtureRequest, folder: Path) -> StoreUrl:
    if request.param == "sqlite-file":
        return file_url(folder / "graph.db")
    neo4j: str = request.getfixturevalue(request.param.replace("-", "_"))
    wipe(neo4j, schema=True)
    return StoreUrl.parse(neo4j)
