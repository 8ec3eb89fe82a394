"""Subscriptions by server-sent events: one stream an operation, which goes on from the last event that was received."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.api.servers import Server, serving
from tests.api.subscribers import IDENTITIES, PROFILE, Plain, here, post, track
from tests.stores import file_url

EVENTS = {"Accept": "text/event-stream"}
ANN = {"namespace": "user_id", "value": "ann"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("streams")
    with serving(file_url(folder / "graph.db"), folder, MAX_STREAMS="2") as server:
        yield server


class Reader:
    """Reads the events of a stream, as the HTML standard has them: fields in lines, an empty line after each event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def event(self) -> Plain | None:
        """The next event by its fields, its data read; None: the stream is over."""
        fields: Plain = {}
        async for line in self._lines:
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            elif "event" in fields:
                return fields | {"data": orjson.loads(fields["data"]) if fields["data"] else None}
            else:
                fields = {}
        return None

    async def change(self) -> Plain:
        event = await self.event()
        assert event is not None
        assert event["event"] == "next"
        (change,) = event["data"]["data"].values()
        assert event["id"] == change["cursor"]
        return change


@asynccontextmanager
async def stream(server: Server, query: str, headers: Plain | None = None, **variables: Any) -> AsyncIterator[Reader]:
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("POST", f"{server.url}/graphql", json=body, headers=EVENTS | (headers or {})) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Reader(response)


async def events_of(server: Server, body: Plain, method: str = "POST") -> list[Plain]:
    """All events of a stream that ends."""
    async with httpx.AsyncClient(timeout=60) as client:
        given: Plain = {"json": body} if method == "POST" else {"params": body}
        async with client.stream(method, f"{server.url}/graphql", headers=EVENTS, **given) as response:
            assert response.status_code == 200
            reader, found = Reader(response), list[Plain]()
            while (event := await reader.event()) is not None:
                found.append(event)
            return found


async def test_a_stream_goes_on_behind_the_last_event_that_the_reader_names(running: Server) -> None:
    start = await here(running.url)
    await post(running.url, track("ann", "sofa", "s1"))
    await post(running.url, track("ann", "sofa", "s2"))
    async with stream(running, PROFILE, key=ANN, after=start) as reader:
        first, second = await reader.change(), await reader.change()
        await post(running.url, track("ann", "sofa", "s3"))
        third = await reader.change()
    assert len({one["cursor"] for one in (first, second, third)}) == 3
    async with stream(running, PROFILE, {"Last-Event-ID": first["cursor"]}, key=ANN, after=start) as reader:
        assert [(await reader.change())["cursor"] for _ in range(2)] == [second["cursor"], third["cursor"]]


async def test_a_query_gives_one_event_and_the_end(running: Server) -> None:
    query = {"query": "{ stats { decisions } }"}
    for method in ("POST", "GET"):
        told, end = await events_of(running, query, method)
        assert (told["event"], told["data"]) == ("next", {"data": {"stats": {"decisions": 0}}})
        assert end == {"event": "complete", "data": None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "syntax_invalid"),
        ({"query": "{ nope }"}, "document_invalid"),
        ({"query": IDENTITIES, "variables": {"after": "hello"}}, "input_invalid"),
    ],
)
async def test_what_goes_wrong_is_told_by_an_event(running: Server, body: Plain, code: str) -> None:
    told, end = await events_of(running, body)
    assert told["data"]["errors"][0]["extensions"]["code"] == code
    assert end["event"] == "complete"


async def test_an_address_runs_no_mutation(running: Server) -> None:
    mutation = "mutation { ingest(events: []) { accepted } }"
    told, _ = await events_of(running, {"query": mutation}, "GET")
    assert told["data"]["errors"][0]["extensions"]["code"] == "method_not_allowed"


async def test_no_page_of_another_site_opens_a_stream_unasked(running: Server) -> None:
    async with httpx.AsyncClient() as client:
        foreign = EVENTS | {"Sec-Fetch-Site": "cross-site"}
        answer = await client.get(f"{running.url}/graphql", params={"query": IDENTITIES}, headers=foreign)
        assert answer.status_code == 403
        plain = EVENTS | {"Content-Type": "text/plain"}
        answer = await client.post(f"{running.url}/graphql", content=b"{}", headers=plain)
        assert answer.status_code == 415


async def test_without_a_transport_that_streams_a_subscription_is_not_run(running: Server) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{running.url}/graphql", json={"query": IDENTITIES})
    assert answer.json()["errors"][0]["extensions"]["code"] == "subscription_transport"


async def test_a_worker_opens_so_many_streams_and_gives_the_place_back_when_a_reader_goes(running: Server) -> None:
    async with stream(running, IDENTITIES), stream(running, IDENTITIES), httpx.AsyncClient() as client:
        answer = await client.post(f"{running.url}/graphql", json={"query": IDENTITIES}, headers=EVENTS)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
    # The worker notices that a reader is gone a little after the reader knows it.
    async with httpx.AsyncClient() as client:
        statuses = list[int]()
        while 200 not in statuses and len(statuses) < 100:
            answer = await client.post(f"{running.url}/graphql", json={"query": "{ __typename }"}, headers=EVENTS)
            statuses.append(answer.status_code)
            await asyncio.sleep(0.05)
    assert statuses[-1] == 200


async def test_a_stop_ends_streams_at_once_and_without_saying_that_they_are_complete(tmp_path: Path) -> None:
    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        async with stream(server, IDENTITIES) as reader:
            server.process.terminate()
            assert await reader.event() is None
        await asyncio.to_thread(server.process.wait, 10)
        assert server.process.returncode == 0
