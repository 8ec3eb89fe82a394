"""Keeping the review queue fresh: duplicates and signs of fraud, now and then, by one of all processes of a store.

The commands run in processes of their own, one after the other: a look at a whole store takes time and memory that
requests should not wait for.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from api.services import Services
from graph_cdp.errors import StoreError
from graph_cdp.service.review.turns import end_turn, is_due, take_turn

_LONGEST_S: Final = 1_800
_COMMANDS: Final = (("review", "refresh"), ("fraud", "scan", "--changed"))
_GRAPH_CDP = (sys.executable, "-P", "-c", "from graph_cdp.cli import main; main()")
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
            if await services.store.read(is_due):
                await _refresh_in_turn(services, every_s)
        except StoreError as error:
            _LOG.warning("the review queue cannot be refreshed now: %s", error.code)


async def _refresh_in_turn(services: Services, every_s: int) -> None:
    now = services.now()
    # It lapses where this process dies meanwhile.
    lapses = now + 1_000 * _LONGEST_S * (len(_COMMANDS) + 1)
    if not await services.store.write(lambda tx: take_turn(tx, now, lapses)):
        return
    try:
        for command in _COMMANDS:
            await _run(command)
    finally:
        due = services.now() + 1_000 * every_s
        await services.store.write(lambda tx: end_turn(tx, due))


async def _run(command: Sequence[str]) -> None:
    process = await asyncio.create_subprocess_exec(*_GRAPH_CDP, *command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    said = " ".join(command)
    try:
        if code := await asyncio.wait_for(process.wait(), _LONGEST_S):
            _LOG.warning("the review queue was not refreshed: `graph-cdp %s` ended with %d: run it by hand", said, code)
    except TimeoutError:
        _LOG.warning("`graph-cdp %s` took longer than %d s, and left the review queue as it was", said, _LONGEST_S)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
