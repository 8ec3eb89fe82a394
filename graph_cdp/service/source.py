"""A file to load."""

from pathlib import Path
from typing import NamedTuple

from graph_cdp.files.mapping import Mapping


class Source(NamedTuple):
    """A file, what its columns mean (None: its rows are events), and the source of rows that name none.

    `encoding` of text that is not UTF-8.
    """

    path: Path
    mapping: Mapping | None
    name: str
    encoding: str | None = None
