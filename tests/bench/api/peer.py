"""The peer: the npm library @neo4j/graphql, served by graphql-yoga and by Apollo Server, on the same Neo4j.

It is installed by npm into a cache folder, `$XDG_CACHE_HOME/graph_cdp/bench-peer/…`, once for each content of `peer/`.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from graph_cdp.config import StoreUrl
from graph_cdp.domain.identifier import Key
from tests.http_client import Address, Client

SERVERS = ("yoga", "apollo")
PATH = "/graphql"  # Apollo takes any
QUERY = """\
query Profile($key: String!) {
  identifiers(where: {key: {eq: $key}}) {
    profile {
      id
      identifiers { namespace value first_seen last_seen count traits { name value at source } }
      events(first: 10) { id type name at source }
    }
  }
}"""

_SOURCES = Path(__file__).with_name("peer")
_FILES = ("package.json", "schema.graphql", "server.mjs")
_NPM = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
_STOP_S = 30


@contextmanager
def serving(by: str, store: StoreUrl, folder: Path) -> Iterator[str]:
    """One of the servers, in production mode, on a free port of 127.0.0.1; gives its URL."""
    port = _free_port()
    environment = os.environ | {
        "NODE_ENV": "production",
        "NEO4J_ADDRESS": store.address,
        "NEO4J_USER": store.user or "",
        "NEO4J_PASSWORD": store.password or "",
        "NEO4J_DATABASE": store.database or "neo4j",
    }
    with (folder / f"{by}.log").open("wb") as log:
        process = subprocess.Popen(
            ["node", "server.mjs", by, str(port)], cwd=_installed(), env=environment, stdout=subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"listening\n", (folder / f"{by}.log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(_STOP_S)


def body(key: Key) -> dict[str, Any]:
    """A request for the profile of an identifier."""
    return {"query": QUERY, "operationName": "Profile", "variables": {"key": key}}


def assert_same(ours: Address, theirs: Address, keys: Sequence[Key]) -> None:
    """See that both give the same identifiers, traits and events for these identifiers.

    The peer has the traits of each identifier, of which the policy picks those of the profile.
    """
    from tests.bench.api import bench_profile  # noqa: PLC0415 - it imports this one

    async def work() -> None:
        one, other = Client(ours), Client(theirs)
        for key in keys:
            mine = (await one.post(PATH, bench_profile.body(key))).json["data"]["profile"]
            (found,) = (await other.post(PATH, body(key))).json["data"]["identifiers"]
            (profile,) = found["profile"]
            assert profile["id"] == mine["id"]
            assert _events(profile["events"]) == _events(mine["journey"]["nodes"])
            assert len(mine["identifiers"]) == len(profile["identifiers"])
            assert {_seen(row, "first_seen", "last_seen") for row in profile["identifiers"]} == {
                _seen(row, "firstSeen", "lastSeen") for row in mine["identifiers"]
            }
            held = {(trait["name"], trait["value"]) for row in profile["identifiers"] for trait in row["traits"]}
            picked = {(trait["name"], json.dumps(trait["value"], ensure_ascii=False)) for trait in mine["traits"]}
            assert picked <= held
            assert {name for name, _ in picked} == {name for name, _ in held}
        one.close()
        other.close()

    asyncio.run(work())


def _seen(row: dict[str, Any], first: str, last: str) -> tuple[object, ...]:
    return row["namespace"], row["value"], row["count"], _moment(row[first]), _moment(row[last])


def _events(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [(row["id"], row["type"], row["name"], row["source"], _moment(row["at"])) for row in rows]


def _moment(text: str) -> datetime:
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{seconds}.{fraction:0<3.3}+00:00")


def _installed() -> Path:
    """The folder where it is installed."""
    content = b"".join((_SOURCES / name).read_bytes() for name in _FILES)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graph_cdp" / "bench-peer"
    place = cache / blake2b(content, digest_size=8).hexdigest()
    if not place.exists():
        partial = place.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name in _FILES:
            shutil.copy(_SOURCES / name, partial)
        subprocess.run(_NPM, cwd=partial, check=True)
        partial.rename(place)
    return place


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
