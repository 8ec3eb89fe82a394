"""A service keeps the review queue fresh by itself."""

import asyncio
from pathlib import Path

import httpx
import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.domain.review import Item
from tests.api.servers import Server, serving
from tests.stores import all_of, file_url, opened

TWO_NUMBERS = [
    {"type": "identify", "messageId": f"m{number}", "userId": str(17 + number % 2), "traits": {"email": "ann@shop.org"}}
    for number in range(4)
]
A_FARM = [
    {"type": "identify", "messageId": f"f{number}", "timestamp": f"2026-01-01T00:{5 * number:02}:00Z",
     "userId": f"new{number}", "anonymousId": "farm"}
    for number in range(6)
]  # fmt: skip


async def items(url: StoreUrl) -> list[Item]:
    store = await opened(url)
    try:
        return await store.read(lambda tx: all_of(tx.scan_items()))
    finally:
        await store.close()


async def rules_found(url: StoreUrl, count: int) -> list[str]:
    async with asyncio.timeout(60):
        while len(found := await items(url)) < count:  # noqa: ASYNC110  # another process finds them
            await asyncio.sleep(0.2)
    return sorted(one.finding.rule for one in found)


async def send(server: Server, events: list[dict[str, object]]) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        assert (await client.post("/v1/batch", json={"batch": events})).status_code == 200


@pytest.mark.parametrize("lasting_url", ["sqlite-file", "neo4j-current"], indirect=True)
async def test_what_comes_in_is_found_signs_of_fraud_too_while_two_workers_run_and_they_end_in_peace(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    with serving(lasting_url, tmp_path, workers=2, REVIEW_REFRESH="1") as server:
        await send(server, TWO_NUMBERS)
        assert await rules_found(lasting_url, 1) == ["pulled"]
        await send(server, A_FARM)
        assert await rules_found(lasting_url, 3) == ["pulled", "refusal_burst", "velocity"]
        server.stop()
        assert server.process.returncode == 0
        assert "was not refreshed" not in server.log.read_text()


async def test_without_an_interval_it_leaves_the_queue_alone(tmp_path: Path) -> None:
    url = file_url(tmp_path / "graph.db")
    with serving(url, tmp_path, REVIEW_REFRESH="0") as server:
        await send(server, TWO_NUMBERS)
        await asyncio.sleep(2)
    assert await items(url) == []
