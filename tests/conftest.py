"""The stores that the suites run on, each in turn; and the order of the tests, in one process or in several."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from graph_cdp.config import StoreUrl
from graph_cdp.store.port import Store
from tests.neo4j_servers import neo4j_current, neo4j_lts, wipe
from tests.stores import MEMORY, file_url, opened

__all__ = ["neo4j_current", "neo4j_lts"]

SERVERS = ("neo4j-current", "neo4j-lts")
LASTING = ("sqlite-file", *SERVERS)
STORES = ("sqlite-memory", *LASTING)

# A busy machine makes any example slow, and no test is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_FOLDERS = ("unit", "property", "scenarios", "contract")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests, then laws, then scenarios and contracts without a server, then everything that starts one."""
    root = Path(__file__).parent

    def cost(item: pytest.Item) -> tuple[bool, int]:
        folder = item.path.relative_to(root).parts[0]
        needs_server = "neo4j" in item.nodeid
        return needs_server, _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)

    items.sort(key=cost)


class ByFileAndServer(LoadScopeScheduling):
    """Parts the tests among several processes so that what a file shares is made once; each has servers of its own.

    A running server that was named is for one of them alone: they would wipe each other's data.
    """

    def _split_scope(self, nodeid: str) -> str:
        server = next((name for name in SERVERS if name in nodeid.replace("_", "-")), "none")
        if server == "neo4j-current" and os.environ.get("GRAPH_CDP_TEST_NEO4J"):
            return server
        return f"{nodeid.partition('::')[0]} {server}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFileAndServer:
    return ByFileAndServer(config, log)


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> StoreUrl:
    """An empty store of every kind in turn."""
    return _empty(request, tmp_path)


@pytest.fixture(params=LASTING)
def lasting_url(request: pytest.FixtureRequest, tmp_path: Path) -> StoreUrl:
    """An empty store of every kind that outlives its process, and that several processes can open."""
    return _empty(request, tmp_path)


@pytest.fixture
async def store(store_url: StoreUrl) -> AsyncIterator[Store]:
    """An empty store of every kind in turn, open."""
    store = await opened(store_url)
    yield store
    await store.close()


def _empty(request: pytest.FixtureRequest, folder: Path) -> StoreUrl:
    if request.param == "sqlite-memory":
        return MEMORY
    if request.param == "sqlite-file":
        return file_url(folder / "graph.db")
    server: str = request.getfixturevalue(request.param.replace("-", "_"))
    wipe(server, schema=True)
    return StoreUrl.parse(server)
