"""`graph-cdp ingest`: load files."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import (
    EncodingOption,
    FilesArgument,
    Format,
    FormatOption,
    MappingOption,
    PolicyOption,
    StoreOption,
)

if TYPE_CHECKING:
    from graph_cdp.cli.loading import Loads


@command(
    "graph-cdp ingest web.jsonl app.jsonl.gz",
    "graph-cdp ingest customers.csv --mapping crm.toml --source crm --store sqlite:///shop.db",
    "graph-cdp ingest orders.parquet --format json | jq .total",
)
async def ingest(
    files: FilesArgument,
    mapping: MappingOption = None,
    encoding: EncodingOption = None,
    source: Annotated[
        str | None,
        typer.Option(help="The source of rows that name none; else the file's name.", show_default=False),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where rows go that cannot be read; else FILE.rejects.jsonl in this folder, after the first file.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Load files of events or records.

    What the columns of records mean is guessed, and shown, unless a mapping tells. An event that is there already
    counts once. An interrupted load continues where it stopped: run the same command again. Exits 1 where rows were
    rejected; the others are loaded.
    """
    from graph_cdp.cli.loading import Loads, load_all
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import note
    from graph_cdp.cli.sources import look_at, shown_guess, understand
    from graph_cdp.errors import InputError

    looked = look_at(files, mapping, encoding)
    loads = Loads(rejects or Path(f"{files[0].name}.rejects.jsonl"))
    if loads.rejects.resolve() in map(Path.resolve, files):
        raise InputError(f"{loads.rejects}: is to be loaded, so no rejects can go there: name another file.")
    async with opened(store, policy, new=True) as session:
        understood = [understand(one, source, session.rules.policy.by_name) for one in looked]
        if output is Format.TEXT:
            note(*(part for one in understood for part in shown_guess(one)))
        try:
            await load_all(session, understood, loads)
        finally:
            _show(loads, output)
    return NEGATIVE if loads.total.rejected or loads.total.conflicts else OK


def _show(loads: "Loads", output: Format) -> None:
    from graph_cdp.cli.loading import loads_json, loads_text
    from graph_cdp.cli.show import emit

    if loads.done:
        emit(output, loads_json(loads), lambda: loads_text(loads))
