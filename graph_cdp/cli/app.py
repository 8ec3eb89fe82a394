"""The commands, and the door to them."""

from importlib.metadata import version
from typing import Annotated

import typer

from graph_cdp.cli import decide, explain, ingest, profile, rebuild, simulate
from graph_cdp.cli.command import EXIT_CODES, Command

_COMMANDS: tuple[Command, ...] = (
    ingest.ingest,
    simulate.simulate,
    profile.profile,
    explain.explain,
    decide.decide,
    decide.decisions,
    rebuild.rebuild,
    rebuild.verify,
)

app = typer.Typer(
    name="graph-cdp",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def main() -> None:
    """Run the command that the arguments name."""
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"graph-cdp {version('graph-cdp')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Identity resolution on a graph: from raw observations to explained profiles."""


for _one in _COMMANDS:
    _one.add_to(app)
