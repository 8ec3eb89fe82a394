"""A profile by identifier over GraphQL: identifiers, traits and the 10 newest events; 16 connections, one worker."""

import shutil
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Key, namespace_of
from tests.bench.api import peer
from tests.bench.api.load import Measured
from tests.bench.api.loading import ROUNDS, filled, median, profiled_keys, requests_file, served, times, turn
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
            turns = {"ours": (service.url, requests)} | {by: (at, peer_requests) for by, at in peers.items()}
            measured = dict[str, list[Measured]]()
            for number in range(1 + ROUNDS):
                for who, (at, file) in turns.items():
                    one = turn(at, file, _CONNECTIONS, seconds)
                    if number > 0:  # the first round warms up
                        measured.setdefault(who, []).append(one)
    finally:
        shutil.rmtree(folder)
    return _beside_peer(measured, count)


def body(key: Key) -> dict[str, Any]:
    """A request for the profile of an identifier."""
    namespace = namespace_of(key)
    variables = {"namespace": namespace, "value": key.removeprefix(f"{namespace}:")}
    return {"query": QUERY, "operationName": "Profile", "variables": variables}


def _beside_peer(measured: dict[str, list[Measured]], count: int) -> list[Row]:
    ours = measured.pop("ours")
    best = max(measured, key=lambda by: median(measured[by], "rate"))
    theirs = measured[best]
    note = "; ".join(f"{by} {median(turns, 'rate'):,.0f}/s, {times(turns)}" for by, turns in measured.items())
    name = f"profile(identifier) over GraphQL at {count:,} events, Neo4j; beside @neo4j/graphql on {best}"
    ratio = statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
    p99, p99_of_peer = median(ours, "p99_ms"), median(theirs, "p99_ms")
    return [
        Row(name, median(ours, "rate"), median(theirs, "rate"), "requests/s", ratio, ">= 2", note),
        Row(f"{name}: p99", p99, p99_of_peer, "ms", p99 / p99_of_peer, "< 1", times(ours)),
    ]
