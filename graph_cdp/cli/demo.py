"""`graph-cdp demo`: made-up data with known truth, resolved and shown."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption


@command("graph-cdp demo", "graph-cdp demo --persons 5000 --dir shop", "graph-cdp demo --format json | jq .score")
async def demo(
    persons: Annotated[int, typer.Option(min=100, help="How many made-up persons.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Another seed makes other data; the same one the same.")] = 7,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir", metavar="FOLDER", help="Where the files go; else a new temporary folder.", show_default=False
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty store; else a new SQLite file in the folder.", show_default=False),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """See it work: make data of six sources, load them, and compare the profiles with the truth.

    Web, app, store, CRM export, e-mail and support, with what real data have: shared devices, typos, reused cookies,
    family addresses. Shows what was found, one profile in full, one explanation and one refusal. Uses the retail
    policy, and neither GRAPH_CDP_STORE nor GRAPH_CDP_POLICY. Files and store are kept.
    """
    from graph_cdp.cli.demo_run import run_demo
    from graph_cdp.cli.demo_shown import demo_json, demo_text
    from graph_cdp.cli.show import emit

    shown = await run_demo(persons, seed, folder, store)
    emit(output, demo_json(shown), lambda: demo_text(shown))
    return OK
