"""What a process of `test_concurrency` does: several writers at once, each sending its own batches one by one."""

import asyncio
from collections.abc import Sequence

from graph_cdp.config import StoreUrl
from graph_cdp.service.announce import Announced
from tests.stores import opened, rules_of, take_in
from tests.strategies import Arrival, Plain


def write(url: StoreUrl, policy: Plain, batches_by_writer: Sequence[Sequence[Arrival]]) -> list[Announced]:
    """Gives what was announced, that of each writer in its order."""
    return asyncio.run(_write(url, policy, batches_by_writer))


async def _write(url: StoreUrl, policy: Plain, batches_by_writer: Sequence[Sequence[Arrival]]) -> list[Announced]:
    rules = rules_of(policy)
    store = await opened(url)
    try:
        announced = await asyncio.gather(*(take_in(store, batches, rules) for batches in batches_by_writer))
        return [one for of_writer in announced for one in of_writer]
    finally:
        await store.close()
