"""`make soak`: what `tests/api/test_holding.py` does, long, and the memory of a worker over a million events.

Not part of `make test`, for it takes about an hour. What was measured is printed.
"""

from pathlib import Path

import pytest

from graph_cdp.config import StoreUrl
from tests.soak import memory, scenarios

pytestmark = pytest.mark.timeout(3_600)

on_both_stores = pytest.mark.parametrize("lasting_url", ["sqlite-file", "neo4j-current"], indirect=True)


@on_both_stores
@pytest.mark.parametrize("workers", [1, 3])
async def test_after_25_kills_nothing_acknowledged_is_lost_or_counted_twice(
    lasting_url: StoreUrl, tmp_path: Path, workers: int
) -> None:
    acknowledged = await scenarios.is_killed_again_and_again(lasting_url, tmp_path, kills=25, workers=workers)
    print(f"\n25 kills of {workers} workers: {acknowledged:,} acknowledged events, none lost, none counted twice")


@on_both_stores
@pytest.mark.parametrize("workers", [1, 3])
async def test_after_25_kills_of_processes_beside_no_client_noticed(
    lasting_url: StoreUrl, tmp_path: Path, workers: int
) -> None:
    acknowledged = await scenarios.processes_beside_are_killed(lasting_url, tmp_path, kills=25, workers=workers)
    print(f"\n25 kills of processes beside {workers} workers: {acknowledged:,} acknowledged events, no client noticed")


async def test_a_store_that_is_killed_five_times_brings_nothing_but_503(tmp_path: Path) -> None:
    to_writers, to_readers = await scenarios.store_is_killed_and_comes_back(tmp_path, times=5, settle_s=15.0)
    assert to_writers > 0
    print(
        f"\n5 kills of the store: {to_writers:,} writes and {to_readers:,} reads answered 503, then everything went on"
    )


async def test_a_larger_disk_that_is_full_refuses_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    kept = await scenarios.disk_is_full_and_has_room_again(tmp_path, file_bytes=30_000_000)
    print(f"\ndisk full: {kept:,} acknowledged events kept, more refused, all stored when there was room")


@on_both_stores
async def test_sixteen_clients_at_three_workers_agree_with_the_oracle_for_long(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    crowd = await scenarios.is_crowded(lasting_url, tmp_path, events=20_000)
    print(f"\n16 clients at 3 workers: {crowd}, no profile torn apart")


@on_both_stores
def test_the_memory_of_a_worker_is_flat_once_its_caches_are_full(lasting_url: StoreUrl, tmp_path: Path) -> None:
    held = memory.of_a_worker(lasting_url, tmp_path, 1_000_000)
    print(f"\nmemory of a worker: {held}")
    # A leak of 100 bytes an event would be 95 MiB a million.
    assert held.slope < 50
    assert max(held.mib) < 500
