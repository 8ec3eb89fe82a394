"""`graph-cdp fraud`: signs of fraud, with their reasons."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


@command("graph-cdp fraud scan", "graph-cdp fraud scan --rule ring --rule velocity", "graph-cdp fraud scan --changed")
async def scan(
    rule: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this rule; else all. Again for more.")
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Look only at what changed since all rules were last applied.")
    ] = False,
    top: Annotated[int, typer.Option(min=0, max=10_000, help="How many findings to show.")] = 50,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Look for signs of fraud, the most suspicious first, and put them into the review queue.

    Many profiles on one device or card, rings, bursts of new profiles, odd addresses, impossible journeys, refusals.
    The policy's [fraud.RULE] tables set the rules. What is no longer found leaves the queue, unless somebody acted
    on it.
    """
    from graph_cdp.cli.fraud_shown import known_rules, scan_json, scan_text
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import emit
    from graph_cdp.service.fraud.scan import scan_for_fraud

    rules = known_rules(rule or ())
    async with opened(store, policy) as session:
        found = await scan_for_fraud(session.store, session.rules.policy, rules, whole=not changed)
        ids = session.store.ids
    emit(output, scan_json(found, top, ids), lambda: scan_text(found, top, ids))
    return OK
