"""The program that `test_crash` kills: loads a file into a store, and tells after each batch how many it accepted.

It is started many times, so it imports nothing that it does not need.
"""

import asyncio
import sys
from pathlib import Path

from graph_cdp.config import StoreUrl
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.load import Loaded, Source, load
from graph_cdp.store.open import open_store

BATCH_ROWS = 50
NOW = 1_800_000_000_000
POLICY = """
[[namespace]]
name = "crm"
limit = 1

[[namespace]]
name = "email"

[[namespace]]
name = "cookie"
shared_above = 3
"""


def rules() -> Rules:
    return Rules.of(parse_policy(POLICY, "the policy of the test"))


def acknowledge(loaded: Loaded, _done: int, _total: int) -> None:
    print(loaded.accepted, flush=True)


async def load_file(url: StoreUrl, path: Path, id_key: str, batch_rows: int = BATCH_ROWS) -> Loaded:
    store = await open_store(url, ProfileIds(id_key))
    try:
        source = Source(path, None, "file")
        return await load(store, source, rules(), NOW, batch_rows, reject=lambda _: None, report=acknowledge)
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(load_file(StoreUrl.parse(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
