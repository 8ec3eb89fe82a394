"""Print the table of the service: every figure beside a ceiling, or a peer, that is measured in the same run.

Takes about a quarter of an hour on two cores; `--scale 0.1` is quicker, and says less. The peer needs Node.js and npm.
"""

import argparse
import sys
from collections.abc import Callable

from tests.bench.__main__ import on_new_neo4j
from tests.bench.api import bench_collection, bench_profile
from tests.bench.table import Row, show


def main() -> None:
    """Run the benches that are asked for, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.api", description=__doc__)
    parser.add_argument("benches", nargs="*", help=f"some of: {', '.join(_benches(1, None, 0))}; all without it")
    parser.add_argument("--scale", type=float, default=1.0, help="the share of events and seconds to use")
    parser.add_argument("--store", help="the URL of a Neo4j that holds the benches' events, for profile-neo4j to read")
    parser.add_argument("--store-events", type=int, default=1_000_000, help="how many of them it holds")
    given = parser.parse_args()
    benches = _benches(given.scale, given.store, given.store_events)
    chosen = given.benches or list(benches)
    if unknown := set(chosen) - benches.keys():
        parser.error(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(benches)}")
    found: list[Row] = []
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        new = benches[name]()
        show(new)
        found += new
    if len(chosen) > 1:
        show(found)


def _benches(scale: float, store: str | None, store_events: int) -> dict[str, Callable[[], list[Row]]]:
    def some(count: int) -> int:
        return max(1_000, int(count * scale))

    seconds = max(1.0, 10 * scale)

    def profile_neo4j() -> list[Row]:
        if store is not None:
            return bench_profile.on_neo4j(store, store_events, seconds, fill=False)
        return on_new_neo4j(lambda url: bench_profile.on_neo4j(url, some(100_000), seconds, fill=True))

    def batch_neo4j() -> list[Row]:
        return on_new_neo4j(lambda url: bench_collection.batches(bench_collection.neo4j(url), some(50_000)))

    return {
        "batch-sqlite": lambda: bench_collection.batches(bench_collection.sqlite, some(100_000)),
        "single-sqlite": lambda: bench_collection.singles(some(40_000)),
        "profile-sqlite": lambda: bench_profile.on_sqlite(some(200_000), seconds),
        "batch-neo4j": batch_neo4j,
        "profile-neo4j": profile_neo4j,
    }


if __name__ == "__main__":
    main()
