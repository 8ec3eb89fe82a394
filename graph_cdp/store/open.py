"""Opens the store that a URL names."""

from pathlib import Path

from graph_cdp.config import CACHE_MIB_LOADING, CHANGES_KEPT_DEFAULT, StoreUrl
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Store
from graph_cdp.store.sqlite import SqliteStore


async def open_store(
    url: StoreUrl, ids: ProfileIds, changes_kept: int = CHANGES_KEPT_DEFAULT, cache_mib: int = CACHE_MIB_LOADING
) -> Store:
    """Open a store and bring its schema up to date. Raises StoreError where it cannot be used.

    `changes_kept`: how many of the newest commits its feed of changes keeps. `cache_mib`: how much of a file whoever
    writes keeps in memory.
    """
    if url.is_sqlite:
        return SqliteStore(None if url.path == ":memory:" else Path(url.path), ids, changes_kept, cache_mib)
    # The driver is only needed, and only loaded, for a server.
    from graph_cdp.store.neo4j import Neo4jStore  # noqa: PLC0415

    return await Neo4jStore.open(url, ids, changes_kept)
