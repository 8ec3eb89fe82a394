"""`graph-cdp serve`: the service behind HTTP."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import PolicyOption, StoreOption

_PERSONS = 1_000
_SEED = 7


@command(
    "graph-cdp serve --demo",
    "graph-cdp serve --store sqlite:////data/shop.db --workers 2",
    "GRAPH_CDP_MODE=development graph-cdp serve",
)
def serve(
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the port and the store.")] = 1,
    store: StoreOption = None,
    policy: PolicyOption = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Load the demo's data into a new SQLite store first, and serve that in development mode."
        ),
    ] = False,
) -> ExitCode:
    """Serve collection, GraphQL and REST over HTTP until SIGTERM or Ctrl-C.

    Nothing that was accepted is lost at a stop: requests in progress are answered first. Without GRAPH_CDP_MODE set to
    development every caller needs a key (graph-cdp keys make) or a token.
    """
    from api.ops.serving import Wanted, serve_until_stopped
    from graph_cdp.cli.show import note

    if demo:
        store, mode = demo_store(), "development"
        if port > 0:  # else the log tells which
            note(f"Ask at http://{host}:{port}/graphql; Ctrl-C stops.")
    else:
        mode = None
    serve_until_stopped(Wanted(host, port, workers, store, policy, mode))
    return OK


def demo_store() -> str:
    """Make a store with the demo's data in a new temporary folder; gives its URL."""
    import asyncio
    import tempfile

    from graph_cdp.cli.demo_run import run_demo

    folder = Path(tempfile.mkdtemp(prefix="graph-cdp-demo-"))
    return asyncio.run(run_demo(_PERSONS, _SEED, folder, None)).store
