"""`graph-cdp audit`: who did what, when and why."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, StoreOption


@command(
    "graph-cdp audit",
    "graph-cdp audit --who kim --limit 1000",
    "graph-cdp audit --after 4100 --format json | jq -c '.entries[]' >> audit.jsonl",
)
async def audit(
    after: Annotated[int, typer.Option(metavar="SEQ", min=0, max=2**63 - 1, help="Only entries numbered higher.")] = 0,
    who: Annotated[
        str | None, typer.Option(help="Only entries of one: a name, a key's id, a token's subject.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many entries at most, the oldest first.")] = 100,
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Show the audit log: decisions, keys made, used and revoked, and reads of personal values. It only grows."""
    from graph_cdp.cli.ledger_shown import audit_json, audit_text
    from graph_cdp.cli.opening import opened_store
    from graph_cdp.cli.show import emit
    from graph_cdp.config import load_settings
    from graph_cdp.query.audit import audit_page

    async with opened_store(load_settings(store=store)) as open_one:
        found = await open_one.read(lambda tx: audit_page(tx, after, limit + 1, who))
    page, more = found[:limit], len(found) > limit
    emit(output, audit_json(page, more=more), lambda: audit_text(page, more=more))
    return OK
