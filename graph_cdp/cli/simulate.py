"""`graph-cdp simulate`: resolve without writing."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import FilesArgument, Format, FormatOption, MappingOption


@command(
    "graph-cdp simulate events.jsonl --policy policy.toml",
    "graph-cdp simulate events.jsonl --policy new.toml --against old.toml",
    "graph-cdp simulate events.jsonl --policy policy.toml --decisions decisions.jsonl --format json | jq .profiles",
)
def simulate(
    events: FilesArgument,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The policy to try; else GRAPH_CDP_POLICY, else the retail policy of the package.",
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
            metavar="FILE", help="The policy to compare with: what it makes, and what changes.", show_default=False
        ),
    ] = None,
    mapping: MappingOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Resolve events and show the profiles that would come of them; writes nothing, needs no store.

    With --against also what would change from that policy to this one: merged, split, gained, lost. Rows that cannot
    be read are told on stderr, and exit 1.
    """
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.simulating import simulated, simulation_json, simulation_text

    result = simulated(events, policy, against, decisions, mapping)
    emit(output, simulation_json(result), lambda: simulation_text(result))
    return NEGATIVE if result.rejected else OK
