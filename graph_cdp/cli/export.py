"""`graph-cdp export`: everything of one kind, streamed out."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import PolicyOption, StoreOption


class Exported(StrEnum):
    """What can be exported."""

    PROFILES = "profiles"
    LINKS = "links"
    REFUSALS = "refusals"
    EVENTS = "events"


class FileFormat(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@command(
    "graph-cdp export profiles > profiles.jsonl",
    "graph-cdp export links --format parquet --output links.parquet",
    "graph-cdp export events | gzip > events.jsonl.gz",
)
async def export(
    what: Annotated[Exported, typer.Argument(help="What to export.")],
    file_format: Annotated[FileFormat, typer.Option("--format", help="One row a line, or a file.")] = FileFormat.JSONL,
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to; else standard output.", show_default=False),
    ] = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
) -> ExitCode:
    """Stream profiles, links, refusals or events out, in memory that does not grow with the store.

    A profile has id, identifiers and traits. Events as jsonl can be loaded again. In csv, lists and objects are JSON
    text. A FILE appears whole or not at all.
    """
    from graph_cdp.cli.exporting import write_out
    from graph_cdp.cli.opening import opened

    async with opened(store, policy) as session:
        await write_out(session, what.value, file_format.value, to)
    return OK
