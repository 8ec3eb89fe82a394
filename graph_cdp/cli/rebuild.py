"""`graph-cdp rebuild` and `graph-cdp verify`: everything computed anew from the observations."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


@command("graph-cdp rebuild", "graph-cdp rebuild --policy new.toml")
async def rebuild(
    store: StoreOption = None, policy: PolicyOption = None, output: FormatOption = Format.TEXT
) -> ExitCode:
    """Compute everything anew from the observations, all or nothing.

    With another policy than the store's that one comes into force; see first what it would change, with simulate.
    Nobody else may write meanwhile.
    """
    from graph_cdp.cli.rebuilding import rebuilt, rebuilt_json, rebuilt_text
    from graph_cdp.cli.show import emit

    result = await rebuilt(store, policy)
    emit(output, rebuilt_json(result), lambda: rebuilt_text(result))
    return OK


@command("graph-cdp verify", "graph-cdp verify --format json | jq .differences")
async def verify(
    store: StoreOption = None, policy: PolicyOption = None, output: FormatOption = Format.TEXT
) -> ExitCode:
    """Compute everything anew beside the live state and compare; writes nothing. Exits 1 if they differ."""
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.rebuilding import verified_json, verified_text
    from graph_cdp.cli.show import emit
    from graph_cdp.service.recompute import verify as verified

    async with opened(store, policy) as session:
        found = await session.store.read(lambda tx: verified(tx, session.rules))
    emit(output, verified_json(found), lambda: verified_text(found))
    return OK if found.same else NEGATIVE
