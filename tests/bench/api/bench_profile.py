"""A profile by identifier over GraphQL: identifiers, traits and the 10 newest events; 16 connections, one worker."""

import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Key, namespace_of
from tests.bench.api import peer
from tests.bench.api.load import Measured
from tests.bench.api.loading import (
    ROUNDS,
    cpu_s,
    filled,
    median,
    profiled_keys,
    requests_file,
    served,
    times,
    turn,
)
from tests.bench.table import Row
from tests.http_client import Address

PATH = "/graphql"
QUERY = """\
query Profile($namespace: String!, $value: String!) {
  profile(identifier: {namespace: $namespace, value: $value}) {
    id
    identifiers { namespace value firstSeen lastSeen count }
    traits { name value at source }
    journey(first: 10) { nodes { id type name at source } }
  }
}"""

_CONNECTIONS = 16
_CHECKED = 25
_WARM_UPS = 5  # times all requests


def on_sqlite(count: int, seconds: float) -> list[Row]:
    """Requests a second, beside how many profiles one process reads with nothing between it and the store."""
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-"))
    try:
        url = StoreUrl.parse(f"sqlite:///{folder / 'graph.db'}")
        filled(url, folder, count)
        with served(url, folder) as service:
            keys, _ = profiled_keys(url, count)
            requests = requests_file(folder / "requests", ((PATH, body(key)) for key in keys))
            turn(service.url, requests, _CONNECTIONS, seconds)
            ours, ceiling = list[Measured](), list[float]()
            for _ in range(ROUNDS):
                ours.append(turn(service.url, requests, _CONNECTIONS, seconds))
                ceiling.append(profiled_keys(url, count)[1])
    finally:
        shutil.rmtree(folder)
    rate = median(ours, "rate")
    name = f"profile(identifier) over GraphQL at {count:,} events, SQLite; beside reading in process"
    ratio = statistics.median(one.rate / other for one, other in zip(ours, ceiling, strict=True))
    return [Row(name, rate, statistics.median(ceiling), "requests/s", ratio, ">= 1,500/s", times(ours))]


def on_neo4j(store: str, count: int, seconds: float, *, fill: bool) -> list[Row]:
    """Rate and p99 beside those of the better of two peers, on one server, all in turn.

    `store` holds `count` of the benches' events already, unless it is to be filled.
    """
    folder, url = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-")), StoreUrl.parse(store)
    try:
        if fill:
            filled(url, folder, count)
        with ExitStack() as stack:
            service = stack.enter_context(served(url, folder))
            peers = {by: stack.enter_context(peer.serving(by, url, folder)) for by in peer.SERVERS}
            keys, _ = profiled_keys(url, count)
            requests = requests_file(folder / "requests", ((PATH, body(key)) for key in keys))
            peer_requests = requests_file(folder / "peer_requests", ((peer.PATH, peer.body(key)) for key in keys))
            for running in peers.values():
                peer.assert_same(Address.of(service.url), Address.of(running), keys[:: len(keys) // _CHECKED])
            beside = {by: _Served(at, peer_requests) for by, at in peers.items()}
            turns = _in_turn({"ours": _Served(service.url, requests), **beside}, url.address, seconds)
    finally:
        shutil.rmtree(folder)
    return _beside_peer(turns, count)


class _Served(NamedTuple):
    """A server, and the requests that it is to be sent."""

    url: str
    requests: Path


class _Turn(NamedTuple):
    """What was measured, and microseconds of a processor for each request: the server's and the store's."""

    load: Measured
    server_us: float
    store_us: float


def _in_turn(servers: Mapping[str, _Served], store: str, seconds: float) -> dict[str, list[_Turn]]:
    """Turns of load on each server. Before, each is sent the same number of requests: compilers learn for long."""
    for url, requests in servers.values():
        for _ in range(_WARM_UPS):
            turn(url, requests, _CONNECTIONS)
    turns = defaultdict[str, list[_Turn]](list)
    for _ in range(ROUNDS):
        for who, (url, requests) in servers.items():
            before = cpu_s(url), cpu_s(store)
            load = turn(url, requests, _CONNECTIONS, seconds)
            server_s, store_s = cpu_s(url) - before[0], cpu_s(store) - before[1]
            turns[who].append(_Turn(load, 1e6 * server_s / load.requests, 1e6 * store_s / load.requests))
    return turns


def body(key: Key) -> dict[str, Any]:
    """A request for the profile of an identifier."""
    namespace = namespace_of(key)
    variables = {"namespace": namespace, "value": key.removeprefix(f"{namespace}:")}
    return {"query": QUERY, "operationName": "Profile", "variables": variables}


def _beside_peer(turns: dict[str, list[_Turn]], count: int) -> list[Row]:
    loads = {who: [one.load for one in some] for who, some in turns.items()}
    ours = loads.pop("ours")
    best = max(loads, key=lambda by: median(loads[by], "rate"))
    theirs = loads[best]
    name = f"profile(identifier) over GraphQL at {count:,} events, Neo4j; beside @neo4j/graphql on {best}"
    ratio = statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
    p99, p99_of_peer = median(ours, "p99_ms"), median(theirs, "p99_ms")
    spent = "; ".join(f"{who} {_spent(some)}" for who, some in turns.items())
    said = "; ".join(f"{who} {median(some, 'rate'):,.0f}/s, {times(some)}" for who, some in loads.items())
    return [
        Row(name, median(ours, "rate"), median(theirs, "rate"), "requests/s", ratio, ">= 2", said),
        Row(f"{name}: p99", p99, p99_of_peer, "ms", p99 / p99_of_peer, "< 1", f"{times(ours)}; {spent}"),
    ]


def _spent(turns: Sequence[_Turn]) -> str:
    """A processor's time for a request, in words."""
    server, store = (statistics.median(part) for part in ([one[1] for one in turns], [one[2] for one in turns]))
    load = statistics.median(1e6 * one.load.cpu_s / one.load.requests for one in turns)
    return f"{server:,.0f} µs a request, Neo4j {store:,.0f}, the load {load:,.0f}"
