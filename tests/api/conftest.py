"""One service for the tests of a file, on SQLite and on Neo4j in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_cdp.config import StoreUrl
from tests.api.servers import Server, serving
from tests.neo4j_servers import wipe
from tests.stores import file_url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a service has its files and its log."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module", params=("sqlite-file", "neo4j-current"))
def empty_url(request: pytest.FixtureRequest, folder: Path) -> StoreUrl:
    """An empty store that a service and a test can both open."""
    if request.param == "sqlite-file":
        return file_url(folder / "graph.db")
    neo4j: str = request.getfixturevalue(request.param.replace("-", "_"))
    wipe(neo4j, schema=True)
    return StoreUrl.parse(neo4j)


@pytest.fixture(scope="module")
def server(empty_url: StoreUrl, folder: Path) -> Iterator[Server]:
    """The service in development mode: no key is needed."""
    with serving(empty_url, folder) as running:
        yield running
