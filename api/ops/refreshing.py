"""Keeping the review queue fresh: `graph-cdp review refresh` now and then, by one of all processes that serve a store.

It runs in a process of its own: a look at a whole store takes time and memory that requests should not wait for.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from api.services import Services
from graph_cdp.errors import StoreError
from graph_cdp.service.review.turns import end_turn, is_behind, take_turn

_LONGEST_S: Final = 1_800
_COMMAND = (sys.executable, "-P", "-c", "from graph_cdp.cli import main; main()", "review", "refresh")
_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def review_queue_refreshed(services: Services) -> AsyncIterator[None]:
    """Refresh the queue meanwhile, as often as the settings say. They come from the environment, as the command's do.

    What is being refreshed in the end is cut short: it is one transaction, and can be done again.
    """
    if not services.settings.review_refresh or services.settings.store.path == ":memory:":
        yield
        return
    refreshing = asyncio.create_task(_work(services, services.settings.review_refresh))
    try:
        yield
    finally:
        refreshing.cancel()
        await asyncio.gather(refreshing, return_exceptions=True)


async def _work(services: Services, every_s: int) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            if await services.store.read(is_behind):
                await _refresh_in_turn(services, every_s)
        except StoreError as error:
            _LOG.warning("the review queue cannot be refreshed now: %s", error.code)


async def _refresh_in_turn(services: Services, every_s: int) -> None:
    now = services.now()
    # It lapses where this process dies meanwhile.
    if not await services.store.write(lambda tx: take_turn(tx, now, now + 2_000 * _LONGEST_S)):
        return
    try:
        await _refresh()
    finally:
        due = services.now() + 1_000 * every_s
        await services.store.write(lambda tx: end_turn(tx, due))


async def _refresh() -> None:
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        if await asyncio.wait_for(process.wait(), _LONGEST_S):
            _LOG.warning("the review queue was not refreshed: `graph-cdp review refresh` tells why")
    except TimeoutError:
        _LOG.warning("the review queue took longer than %d s to refresh, and was left as it was", _LONGEST_S)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
