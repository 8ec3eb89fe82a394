"""The table that the benches print: every figure beside a ceiling that was measured in the same run."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure: the median of ours and of its ceiling in `unit`, `ratio` = ours / ceiling, and what it should be."""

    name: str
    ours: float
    ceiling: float
    unit: str
    ratio: float
    target: str
    note: str = ""


def show(rows: Iterable[Row], console: Console | None = None) -> None:
    """Print the rows to the console; to stdout, if none is given, in full width where that is no terminal."""
    table = Table("what", "ours", "ceiling", "unit", "ratio", "target", "note")
    for column in table.columns[1:5]:
        column.justify = "right"
    for row in rows:
        table.add_row(
            row.name, f"{row.ours:,.4g}", f"{row.ceiling:,.4g}", row.unit, f"{row.ratio:.2f}", row.target, row.note
        )
    (console or Console(width=None if sys.stdout.isatty() else 160)).print(table)
