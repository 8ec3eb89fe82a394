"""Print how records are matched here and by Splink: the same data, the same machine, the same run.

Takes about six minutes on two cores; `--scale 0.1` makes a tenth of the made-up records, and says less.
"""

# Light to import: what this process holds in memory would count as its children's.

import argparse
import json
import subprocess
import sys

from rich.console import Console
from rich.table import Table

_SINGLE = {"ours": "our engine", "sqlite": "through SQLite", "neo4j": "through Neo4j", "splink": "Splink"}
_STORED = {
    "commit_p50_ms": "commit p50 ms",
    "commit_p99_ms": "commit p99 ms",
    "round_p50_ms": "round trip p50 ms",
    "round_p99_ms": "p99 ms",
    "adopt_s": "adopt s",
    "trained_mb": "MB before",
    "adopt_mb": "MB",
}
DATA = ("fake_1000", "febrl3", "historical_50k", "synthetic", "new_record")


def main() -> None:
    """Run what is asked for, each side in its own process, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.match", description=__doc__)
    parser.add_argument("data", nargs="*", help=f"some of: {', '.join(DATA)}; all without it")
    parser.add_argument("--scale", type=float, default=1.0, help="the share of made-up records to use")
    given = parser.parse_args()
    if unknown := set(given.data) - set(DATA):
        parser.error(f"no data are called {', '.join(sorted(unknown))}; there are {', '.join(DATA)}")
    batch, single = _batch_table(), _single_table()
    # What is compiled once a machine is compiled before anything is timed.
    _figures("ours", "fake_1000", given.scale)
    for name in given.data or DATA:
        print(f"{name} …", file=sys.stderr, flush=True)
        if name == "new_record":
            for side, words in _SINGLE.items():
                _add_single(single, words, _figures(side, name, given.scale))
        else:
            _add_batch(batch, name, *(_figures(side, name, given.scale) for side in ("ours", "splink")))
    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in (batch, single):
        if table.row_count:
            console.print(table)


def _figures(side: str, name: str, scale: float) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.match.side", side, name, str(scale)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _batch_table() -> Table:
    ours, splink = ("F1", "s", "MB"), ("Splink F1", "at its best", "Splink s", "Splink MB")
    title = (
        "Matching without labels: F1 of pairs in whole clusters; Splink at 0.95, and at the threshold best by the truth"
    )
    return _table(title, ("data", "records", *ours, *splink, "ratio of s"))


def _add_batch(table: Table, name: str, ours: dict[str, float], splink: dict[str, float]) -> None:
    table.add_row(
        name, f"{ours['records']:,}", f"{ours['f1']:.4f}", f"{ours['seconds']:.1f}", f"{ours['peak_mb']:,.0f}",
        f"{splink['f1']:.4f}", f"{splink['f1_best']:.4f}", f"{splink['seconds']:.1f}", f"{splink['peak_mb']:,.0f}",
        f"{ours['seconds'] / splink['seconds']:.2f}",
    )  # fmt: skip


def _single_table() -> Table:
    title = "One new record beside those known; and all of them when the model is adopted"
    return _table(title, ("by", "known", "p50 ms", "p99 ms", *_STORED.values()))


def _add_single(table: Table, name: str, told: dict[str, float]) -> None:
    stored = [f"{told[key]:,.1f}" if key in told else "" for key in _STORED]
    table.add_row(name, f"{told['records']:,}", f"{told['p50_ms']:.1f}", f"{told['p99_ms']:.1f}", *stored)


def _table(title: str, columns: tuple[str, ...]) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


if __name__ == "__main__":
    main()
