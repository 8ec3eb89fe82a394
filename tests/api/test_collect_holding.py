"""What was answered with success is kept, and what cannot be kept is refused with the time to try again."""

import asyncio
import json
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.config import StoreUrl
from tests.api.servers import Server, serving
from tests.forwarding import forwarded
from tests.stores import file_url
from tests.strategies import LAW

NUMBERS = count()

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
NAMED = {"userId": st.sampled_from("abc")}
GOOD = st.fixed_dictionaries(NAMED | {"properties": st.dictionaries(TEXT, ANYTHING, max_size=3)})
BAD = st.one_of(
    st.none() | st.integers() | TEXT | st.lists(TEXT),
    st.fixed_dictionaries({"userId": st.integers() | st.booleans() | st.lists(TEXT)}),
    st.fixed_dictionaries(NAMED | {"timestamp": st.integers() | st.text("xyz", min_size=1)}),
    st.fixed_dictionaries(NAMED | {"properties": st.sampled_from([[], "x", 5, True])}),
    st.fixed_dictionaries(NAMED | {"event": st.sampled_from(["cut \ud800", "\0", 5])}),
    st.fixed_dictionaries(NAMED | {"properties": st.sampled_from([{"x": "y" * 33_000}, {"\ud800": 1}])}),
    st.dictionaries(st.sampled_from(["traits", "properties", "context"]), st.just({})),
)
BATCH = st.lists(st.tuples(st.just(True), GOOD) | st.tuples(st.just(False), BAD), max_size=8)


def test_a_batch_loses_its_bad_events_and_nothing_else(server: Server) -> None:
    kept = set[str]()

    @LAW
    @given(BATCH)
    def send(batch: list[tuple[bool, Any]]) -> None:
        number = next(NUMBERS)
        messages, bad = [], []
        for place, (is_good, message) in enumerate(batch):
            id_ = f"b{number}-{place}"
            messages.append(message | {"type": "track", "messageId": id_} if isinstance(message, dict) else message)
            if is_good:
                kept.add(id_)
            else:
                bad.append(place)
        # Plain ASCII, so that half a surrogate pair goes out as browsers write it.
        answer = client.post("/v1/batch", content=json.dumps({"batch": messages}))
        assert answer.status_code == (400 if bad else 200)
        assert [one["index"] for one in answer.json().get("refused", ())] == bad

    with httpx.Client(base_url=server.url, timeout=60) as client:
        send()
    assert {event.id for event in asyncio.run(server.events())} == kept


async def test_a_stop_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged, enough = list[str](), asyncio.Event()

    async def send(client: httpx.AsyncClient, sender: int) -> None:
        for number in range(10_000):
            event = {"userId": f"u{sender}", "messageId": f"{sender}-{number}", "event": "Viewed"}
            try:
                answer = await client.post("/v1/track", json=event)
            except httpx.TransportError:
                return
            assert answer.status_code in {200, 503}
            if answer.status_code == 200:
                acknowledged.append(event["messageId"])
                if len(acknowledged) == 200:
                    enough.set()

    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            senders = [asyncio.create_task(send(client, sender)) for sender in range(16)]
            await enough.wait()
            await asyncio.to_thread(server.stop)
            await asyncio.gather(*senders)
        kept = Counter(event.id for event in await server.events())
    assert set(acknowledged) <= kept.keys()
    assert set(kept.values()) == {1}


@pytest.mark.parametrize("lasting_url", ["neo4j-current"], indirect=True)
async def test_while_the_store_is_gone_everybody_is_told_when_to_try_again(
    lasting_url: StoreUrl, tmp_path: Path
) -> None:
    batches = [[{"userId": "u", "messageId": f"{n}-{m}"} for m in range(2_500)] for n in range(8)]
    async with forwarded(lasting_url) as through:
        port = through.port
        running = serving(through, tmp_path)
        server = await asyncio.to_thread(running.__enter__)
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            answers = await asyncio.gather(*(client.post("/v1/batch", json={"batch": batch}) for batch in batches))
            # Some more than may wait: they are told at once, the others when the store was given up.
            assert {answer.status_code for answer in answers} == {429, 503}
            assert {answer.json()["error"]["code"] for answer in answers} == {"busy", "store_unavailable"}
            assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
            async with forwarded(lasting_url, port):
                for batch in batches:
                    assert (await client.post("/v1/batch", json={"batch": batch})).status_code == 200
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
    whole = Server(server.url, lasting_url, server.process, server.log)
    assert len(await whole.events()) == sum(map(len, batches))
