"""From options to an open store: settings, policy, id key."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from graph_cdp.config import CACHE_MIB_LOADING, Settings, StoreUrl, load_settings
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.errors import StoreError
from graph_cdp.policies import Rules, default_policy, load_policy
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.settle import settle
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Store


class Session(NamedTuple):
    """An open store, the rules in force, and the settings that led there."""

    store: Store
    rules: Rules
    settings: Settings


def now_millis() -> Millis:
    """The clock, read at the edge."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def opened(store: str | None, policy: Path | None, *, new: bool = False) -> AsyncIterator[Session]:
    """Open the store that options and settings name, and close it again; `new` allows one that is not there yet."""
    async with opened_with(load_settings(store=store, policy=policy), new=new) as session:
        yield session


@asynccontextmanager
async def opened_with(
    settings: Settings,
    now: Callable[[], Millis] = now_millis,
    *,
    new: bool = False,
    cache_mib: int = CACHE_MIB_LOADING,
) -> AsyncIterator[Session]:
    """Open the store that settings name, and close it again; `new` allows one that is not there yet."""
    given = given_policy(settings)
    async with opened_store(settings, new=new, cache_mib=cache_mib) as store:
        in_force = await settle(store, given, now())
        yield Session(store, Rules.of(in_force), settings)


@asynccontextmanager
async def opened_store(
    settings: Settings, *, new: bool = False, cache_mib: int = CACHE_MIB_LOADING
) -> AsyncIterator[Store]:
    """Open a store, whatever policy it has, and close it again."""
    if not new:
        _must_exist(settings.store)
    # What the driver would tell a log (each of its retries) is told here once, as an error, if it comes to that.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    store = await open_store(settings.store, profile_ids(settings), settings.changes_kept, cache_mib)
    try:
        yield store
    finally:
        await store.close()


def given_policy(settings: Settings) -> Policy | None:
    """The policy that an option or a variable names, None where neither does."""
    return None if settings.policy is None else load_policy(settings.policy)


def policy_or_retail(settings: Settings) -> Policy:
    """The policy that is named, or the one of the package, where no store is asked."""
    return given_policy(settings) or default_policy()


def profile_ids(settings: Settings) -> ProfileIds:
    """What names profiles."""
    return ProfileIds(settings.id_key.get_secret_value())


def _must_exist(url: StoreUrl) -> None:
    # SQLite would make an empty file of every slip in a path.
    if url.is_sqlite and url.path != ":memory:" and not Path(url.path).exists():
        raise StoreError(
            f"{url.path}: there is no such store: load something first (graph-cdp ingest FILE…), or name another "
            "one with --store or GRAPH_CDP_STORE."
        )
