"""The stream for benches is shaped as it says."""

import tracemalloc
from collections import Counter, defaultdict, deque
from datetime import datetime
from itertools import islice
from statistics import median

import pytest

from graph_cdp.demo import bench_events
from graph_cdp.domain.times import iso, parse_time

HOUR = 3_600_000


def identifiers_of(event: dict) -> dict[str, str]:
    """Value by namespace."""
    named = {
        "user_id": event.get("userId"),
        "anonymous_id": event.get("anonymousId"),
        "device_id": event.get("context", {}).get("device", {}).get("id"),
        "email": event.get("traits", {}).get("email"),
    }
    return {namespace: value for namespace, value in named.items() if value}


@pytest.fixture(scope="module")
def stream() -> list[dict]:
    return list(bench_events(60_000, 11))


def test_bench_events_are_the_same_for_the_same_seed_and_begin_alike(stream: list[dict]) -> None:
    assert list(islice(bench_events(10**9, 11), 3_000)) == list(bench_events(3_000, 11)) == stream[:3_000]
    assert list(bench_events(100, 12)) != stream[:100]
    assert list(bench_events(0, 11)) == []


def test_bench_events_have_the_shares_that_are_promised(stream: list[dict]) -> None:
    distinct = {event["messageId"]: event for event in stream}
    assert all(distinct[event["messageId"]] == event for event in stream)
    assert 1 - len(distinct) / len(stream) == pytest.approx(0.03, abs=0.004)
    assert sum("traits" in event for event in distinct.values()) / len(distinct) == pytest.approx(0.2, abs=1e-4)
    late = sum(parse_time(event["sentAt"]) - parse_time(event["timestamp"]) >= HOUR for event in distinct.values())
    assert late / len(distinct) == pytest.approx(0.01, abs=0.002)
    numbers = Counter(len(identifiers_of(event)) for event in distinct.values())
    assert numbers.keys() == {2, 3, 4}
    assert min(numbers.values()) > 0.03 * len(distinct)
    namespaces = {namespace for event in stream for namespace in identifiers_of(event)}
    assert namespaces == {"user_id", "email", "anonymous_id", "device_id"}


def test_bench_persons_act_five_times_and_then_are_gone() -> None:
    places = defaultdict(list)
    for place, event in enumerate(bench_events(80_000, 2)):
        if "anonymousId" in event:
            places[event["anonymousId"][1:]].append(place)  # a laptop's and a phone's differ in the first digit
    whole = [seen for seen in places.values() if seen[0] < 40_000]
    assert sum(map(len, places.values())) / len(places) == pytest.approx(4.6, abs=0.4)
    assert 1_000 < median(seen[-1] - seen[0] for seen in whole) < 20_000


def test_a_bench_event_arrives_every_second_in_order(stream: list[dict]) -> None:
    last = max(event["receivedAt"] for event in stream)
    assert iso(parse_time("2025-01-01") + 60_000_000 - 120_000) < last < iso(parse_time("2025-01-01") + 60_000_000)
    first_sent = list({event["messageId"]: event["receivedAt"] for event in stream}.values())
    assert first_sent == sorted(first_sent)
    assert datetime.fromisoformat(last).year == 2025


def test_about_one_in_a_hundred_bench_devices_and_addresses_has_two_accounts() -> None:
    accounts = {"device_id": defaultdict(set), "email": defaultdict(set)}
    for event in bench_events(100_000, 4):
        named = identifiers_of(event)
        for kind in accounts.keys() & named.keys():
            if "user_id" in named:
                accounts[kind][named[kind]].add(named["user_id"])
    for users_by_key in accounts.values():
        assert 0.005 < sum(len(users) > 1 for users in users_by_key.values()) / len(users_by_key) < 0.02


def test_a_longer_bench_stream_needs_no_more_memory() -> None:
    def peak_bytes(n: int) -> int:
        tracemalloc.start()
        deque(bench_events(n, 1), maxlen=0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(1_000)
    assert peak_bytes(20_000) < 1.1 * peak_bytes(8_000)
