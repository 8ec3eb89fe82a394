"""Print the table of all benches: every figure beside a ceiling measured in the same run.

Takes about half an hour on two cores and 10 GB of memory and disk; `--scale 0.1` is quicker, and says less.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph_cdp.local_neo4j import start, stop
from tests.bench import (
    bench_neo4j_ingest,
    bench_profile,
    bench_sqlite_flat,
    bench_sqlite_ingest,
    bench_whole_store,
)
from tests.bench.table import Row, show
from tests.neo4j_servers import wipe


def main() -> None:
    """Run the benches that are asked for, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("benches", nargs="*", help=f"some of: {', '.join(_benches(1))}; all without it")
    parser.add_argument("--scale", type=float, default=1.0, help="the share of events and identifiers to use")
    arguments = parser.parse_args()
    benches = _benches(arguments.scale)
    chosen = arguments.benches or list(benches)
    if unknown := set(chosen) - benches.keys():
        parser.error(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(benches)}")
    found: list[Row] = []
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        found += benches[name]()
        show(found[-2:] if name == "whole-store" else found[-1:])
    show(found)


def _benches(scale: float) -> dict[str, Callable[[], list[Row]]]:
    def some(count: int) -> int:
        return max(1_000, int(count * scale))

    return {
        "sqlite-ingest": lambda: bench_sqlite_ingest.rows(some(200_000)),
        "sqlite-flat": lambda: bench_sqlite_flat.rows(some(2_000_000)),
        "sqlite-profile": lambda: bench_profile.rows(some(1_000_000)),
        "whole-store": lambda: bench_whole_store.rows(some(5_000_000), some(8_000_000)),
        "neo4j-ingest": lambda: on_new_neo4j(lambda url: bench_neo4j_ingest.rows(url, some(200_000))),
        "neo4j-profile": lambda: on_new_neo4j(lambda url: bench_profile.rows(some(1_000_000), url)),
    }


def on_new_neo4j(bench: Callable[[str], list[Row]]) -> list[Row]:
    """Run a bench on a server of its own, empty; gives its rows."""
    with _neo4j() as url:
        wipe(url, schema=True)
        return bench(url)


@contextmanager
def _neo4j() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-bench-neo4j-"))
    server = start(folder)
    try:
        yield server.store
    finally:
        stop(folder)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
