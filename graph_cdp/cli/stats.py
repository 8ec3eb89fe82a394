"""`graph-cdp stats`: how much there is, and whether it looks sound."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


@command("graph-cdp stats", "graph-cdp stats --format json | jq .signs")
async def stats(
    top: Annotated[int, typer.Option(min=0, max=10_000, help="How many of the largest to show.")] = 10,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Show sizes, namespaces, how large clusters and profiles are, refusals, shared identifiers and signs of health.

    The signs need no truth: each says what a large share of it may mean.
    """
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.stats_shown import stats_json, stats_text
    from graph_cdp.query.stats import stats as stats_of

    async with opened(store, policy) as session:
        found = await session.store.read(lambda tx: stats_of(tx, session.store.ids, session.rules, top))
    emit(output, stats_json(found), lambda: stats_text(found))
    return OK
