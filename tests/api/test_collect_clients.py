"""The libraries that sources use already send to the service: every message arrives once, as it was meant."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from graph_cdp.cli.opening import now_millis
from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Identifier
from graph_cdp.domain.times import parse_time
from graph_cdp.service.keys import append_keys, make_key
from tests.api.node import run_client
from tests.api.servers import Server, serving
from tests.stores import opened

AT = "2026-01-02T03:04:05.678Z"
VIEWS = 120

Send = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
async def write_key(empty_url: StoreUrl) -> str:
    """A key that may collect and nothing else."""
    text, key = make_key("shop", ["collect"], "shop", now_millis())
    store = await opened(empty_url)
    try:
        await store.write(lambda tx: append_keys(tx, [key], "tests"))
    finally:
        await store.close()
    return text


@pytest.fixture(scope="module")
def production(empty_url: StoreUrl, folder: Path, write_key: str) -> Iterator[Server]:
    """The service, where every sender needs a key."""
    with serving(empty_url, folder, MODE="production") as running:
        yield running


def python(client: SegmentClient | RudderClient, who: str) -> None:
    """Segment's library and Rudder's, which was made from it, are used alike."""
    common = {"user_id": who, "timestamp": datetime.fromisoformat(AT)}
    client.identify(**common, anonymous_id=f"{who}-a", traits={"email": f"{who}@shop.org", "plan": "pro"})
    context = {"consent": {"categoryPreferences": {"Advertising": False}}, "device": {"id": f"{who}-d"}}
    client.track(**common, event="Order Completed", properties={"total": 12.5}, context=context)
    client.page(**common, name="Home")
    client.screen(**common, name="Cart")
    client.group(**common, group_id=f"{who}-g", traits={"name": "Acme"})
    client.alias(**common, previous_id=f"{who}-b")
    for view in range(VIEWS):
        client.track(**common, event="Viewed", properties={"view": view})
    client.shutdown()


def segment_python(url: str, write_key: str, who: str) -> None:
    failed = list[Exception]()
    python(SegmentClient(write_key, host=url, on_error=lambda error, _: failed.append(error)), who)
    assert failed == []


def segment_python_packed(url: str, write_key: str, who: str) -> None:
    failed = list[Exception]()
    python(SegmentClient(write_key, host=url, gzip=True, on_error=lambda error, _: failed.append(error)), who)
    assert failed == []


def rudder_python(url: str, write_key: str, who: str) -> None:
    failed = list[Exception]()
    python(RudderClient(write_key, host=url, on_error=lambda error, _: failed.append(error)), who)
    assert failed == []


def segment_node(url: str, write_key: str, who: str) -> None:
    run_client("segment_node.cjs", url, write_key, who, AT, str(VIEWS))


def segment_browser(url: str, write_key: str, who: str) -> None:
    run_client("segment_browser.cjs", url, write_key, who, AT, str(VIEWS))


def rudder_node(url: str, write_key: str, who: str) -> None:
    run_client("rudder_node.cjs", url, write_key, who, AT, str(VIEWS))


@pytest.mark.parametrize(
    "send", [segment_python, segment_python_packed, rudder_python, segment_node, segment_browser, rudder_node]
)
async def test_every_message_of_a_library_arrives_once_with_its_identifiers_traits_and_times(
    production: Server, write_key: str, send: Send
) -> None:
    who = send.__name__
    before = now_millis()
    send(production.url, write_key, who)
    after = now_millis()
    view = await production.profile(f"user_id:{who}")
    by_type = Counter((event.type, event.name) for event in view.events)
    assert by_type == {
        ("identify", None): 1,
        ("track", "Order Completed"): 1,
        ("page", "Home"): 1,
        ("screen", "Cart"): 1,
        ("group", None): 1,
        ("alias", None): 1,
        ("track", "Viewed"): VIEWS,
    }
    said = {(event.type, event.name): orjson.loads(event.body) for event in view.events}
    views = [orjson.loads(event.body)["properties"]["view"] for event in view.events if event.name == "Viewed"]
    assert sorted(views) == list(range(VIEWS))
    names = {Identifier.of(seen.key) for seen in view.identifiers}
    assert names == {
        ("user_id", who),
        ("email", f"{who}@shop.org"),
        ("device_id", f"{who}-d"),
        ("anonymous_id", f"{who}-a"),
        ("anonymous_id", f"{who}-b"),
    }
    traits = {name: trait.value for name, trait in view.traits.items()}
    assert traits == {"email": f"{who}@shop.org", "plan": "pro", "account": f"{who}-g"}
    assert {event.source for event in view.events} == {"shop"}
    order = said["track", "Order Completed"]
    assert order["properties"] == {"total": 12.5}
    assert order["context"]["consent"] == {"categoryPreferences": {"Advertising": False}}
    assert {"writeKey", "_metadata", "sentAt", "receivedAt"}.isdisjoint(order)
    for event in view.events:
        # Both clocks are this machine's, so the correction is the way from the library to the service, and no more.
        assert 0 <= event.at - parse_time(AT) <= after - before
        assert before <= event.received_at <= after
