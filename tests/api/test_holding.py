"""Kills, a store that goes away, a full disk and many clients at once: small; `make soak` has the long ones."""

from pathlib import Path

import pytest

from graph_cdp.config import StoreUrl
from tests.soak import scenarios

on_both_stores = pytest.mark.parametrize("lasting_url", ["sqlite-file", "neo4j-current"], indirect=True)


@on_both_stores
async def test_a_service_that_is_killed_again_and_again_keeps_what_it_acknowledged_and_counts_it_once(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    assert await scenarios.is_killed_again_and_again(lasting_url, tmp_path, kills=3) > 0


@pytest.mark.parametrize("lasting_url", ["sqlite-file"], indirect=True)
async def test_a_process_beside_that_is_killed_again_and_again_is_noticed_by_nobody(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    assert await scenarios.processes_beside_are_killed(lasting_url, tmp_path, kills=3) > 0


async def test_a_neo4j_that_is_killed_and_comes_back_brings_nothing_but_503_and_then_everything_goes_on(
    tmp_path: Path,
) -> None:
    _, to_readers = await scenarios.store_is_killed_and_comes_back(tmp_path, times=1)
    assert to_readers > 0


async def test_a_full_disk_refuses_what_it_cannot_keep_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    assert await scenarios.disk_is_full_and_has_room_again(tmp_path) > 0


@on_both_stores
async def test_sixteen_clients_at_three_workers_come_to_what_the_oracle_says_and_no_reader_sees_a_profile_torn_apart(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    crowd = await scenarios.is_crowded(lasting_url, tmp_path, events=1_600)
    assert crowd.answers.keys() <= {200, 404, 503}
