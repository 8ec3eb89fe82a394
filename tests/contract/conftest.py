"""A Neo4j server of each version in turn, for what is Neo4j's own."""

from collections.abc import AsyncIterator

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.store.port import Store
from tests.neo4j_servers import wipe
from tests.stores import opened


@pytest.fixture(params=["neo4j_current", "neo4j_lts"])
def server(request: pytest.FixtureRequest) -> str:
    """The URL of a server of each version in turn, empty."""
    url: str = request.getfixturevalue(request.param)
    wipe(url)
    return url


@pytest.fixture
async def neo4j(server: str) -> AsyncIterator[Store]:
    store = await opened(StoreUrl.parse(server))
    yield store
    await store.close()
