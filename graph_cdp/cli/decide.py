"""`graph-cdp decide` and `graph-cdp decisions`: judgements on pairs, and their history."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from enum import StrEnum
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


class Verdicts(StrEnum):
    """What a reviewer may say."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@command(
    'graph-cdp decide same crm_id:17 crm_id:18 --by kim --reason "one person, two contracts"',
    'graph-cdp decide different email:a@shop.org email:b@shop.org --by kim --reason "mother and daughter"',
    'graph-cdp decide unsure crm_id:17 crm_id:18 --by kim --reason "the contracts say otherwise"',
)
async def decide(
    verdict: Annotated[Verdicts, typer.Argument(help="What is said of the pair; unsure takes an earlier word back.")],
    a: Annotated[str, typer.Argument(metavar="NS:VALUE", help="One identifier.")],
    b: Annotated[str, typer.Argument(metavar="NS:VALUE", help="The other one.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was decided; else now.", show_default=False)
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also for an identifier that no event has named: it counts once one does.")
    ] = False,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Record that two identifiers are one person, or are not, and show what changes.

    The latest decision on a pair is in force, earlier ones stay in the history. Deciding unsure brings the earlier
    profiles back, ids included. Exits 1, and records nothing, where no event has named one of them.
    """
    from graph_cdp.cli.deciding import Judgement, decided_json, decided_text, record
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import emit

    async with opened(store, policy) as session:
        decided = await record(session, Judgement(verdict.value, a, b, by, reason, at), force=force)
    emit(output, decided_json(decided), lambda: decided_text(decided))
    return OK


@command("graph-cdp decisions", "graph-cdp decisions --format json | jq '.decisions[] | select(.in_force)'")
async def decisions(
    store: StoreOption = None, policy: PolicyOption = None, output: FormatOption = Format.TEXT
) -> ExitCode:
    """List all decisions with their history, superseded ones marked."""
    from graph_cdp.cli.decisions_shown import decision_json, decisions_table
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import emit, plain

    async with opened(store, policy) as session:
        every = await session.store.read(lambda tx: tx.decisions())
    emit(
        output,
        {"decisions": [decision_json(one, every) for one in every]},
        lambda: [decisions_table("Decisions", every) if every else plain("No decision was recorded yet.")],
    )
    return OK
