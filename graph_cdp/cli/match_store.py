"""`graph-cdp match adopt`, `store` and `withdraw`: the model that a store's records are matched with."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, StoreOption


@command("graph-cdp match adopt", "graph-cdp match adopt model.json --namespace crm_id --namespace email")
async def adopt(
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="MODEL", help="A model file; without it one is learned from the records.", show_default=False
        ),
    ] = None,
    namespace: Annotated[
        list[str],
        typer.Option(
            help="Whose identifiers have records; several times for several. Else those that tell who somebody is.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - as the library of the command line wants it
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Match the store's records with a model, now and whenever one changes.

    All are matched at once; nobody else may write meanwhile. Services notice at their next write. Where it was
    interrupted, `match store` does it anew.
    """
    from graph_cdp.cli.match_store_shown import matched_json, matched_text
    from graph_cdp.cli.match_storing import adopted
    from graph_cdp.cli.show import emit

    found = await adopted(store, model, namespace or None)
    emit(output, matched_json(found), lambda: matched_text(found))
    return OK


@command("graph-cdp match store", "graph-cdp match store --format json | jq .review")
async def store_(store: StoreOption = None, output: FormatOption = Format.TEXT) -> ExitCode:
    """Match all records of the store anew with its model; that gives what is there, unless something broke it."""
    from graph_cdp.cli.match_store_shown import matched_json, matched_text
    from graph_cdp.cli.match_storing import matched_anew
    from graph_cdp.cli.show import emit

    found = await matched_anew(store)
    emit(output, matched_json(found), lambda: matched_text(found))
    return OK


@command("graph-cdp match withdraw")
async def withdraw(store: StoreOption = None, output: FormatOption = Format.TEXT) -> ExitCode:
    """Match the store's records no longer: no matched link remains, and the earlier profiles come back."""
    from graph_cdp.cli.match_store_shown import matched_json, matched_text
    from graph_cdp.cli.match_storing import withdrawn
    from graph_cdp.cli.show import emit

    found = await withdrawn(store)
    emit(output, matched_json(found), lambda: matched_text(found))
    return OK
