"""`graph-cdp simulate`: resolve without writing."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import EncodingOption, Format, FormatOption, MappingOption, StoreOption


@command(
    "graph-cdp simulate events.jsonl --policy policy.toml",
    "graph-cdp simulate events.jsonl --policy new.toml --against old.toml",
    "graph-cdp simulate events.jsonl --policy policy.toml --decisions decisions.jsonl --format json | jq .profiles",
    "graph-cdp simulate --store sqlite:///graph_cdp.db --policy new.toml",
)
async def simulate(
    events: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE", help="Events of files in place of a store's: as `ingest` takes them.", show_default=False
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The policy to try; else GRAPH_CDP_POLICY, else the store's own, of files the retail policy.",
            show_default=False,
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='JSONL: {"a": "ns:value", "b": "ns:value", "verdict": "same", "at": TIME, "by": WHO, "reason": TEXT}.',
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The policy to compare with: what it makes, and what changes. Of a store its own, without it.",
            show_default=False,
        ),
    ] = None,
    mapping: MappingOption = None,
    encoding: EncodingOption = None,
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Resolve events and show the profiles that would come of them; writes nothing.

    Of files, or else of the store, with its decisions and its model. With --against, and of a store always, also what
    would change to this policy: merged, split, gained, lost. Rows that cannot be read are told on stderr, and exit 1.
    """
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.simulating import simulated, simulated_in, simulation_json, simulation_text
    from graph_cdp.errors import InputError

    if events and store:
        raise InputError("Give files or --store: the events of one or of the other are resolved.")
    result = (
        simulated(events, policy, against, decisions, mapping, encoding)
        if events
        else await simulated_in(store, policy, against, decisions)
    )
    emit(output, simulation_json(result), lambda: simulation_text(result))
    return NEGATIVE if result.rejected else OK
