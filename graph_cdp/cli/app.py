"""The commands, and the door to them."""

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from graph_cdp import __version__
from graph_cdp.cli import (
    audit,
    config,
    decide,
    demo,
    evaluate,
    explain,
    export,
    fraud,
    ingest,
    keys,
    match,
    match_store,
    neo4j,
    policy,
    profile,
    rebuild,
    review,
    simulate,
    stats,
)
from graph_cdp.cli.command import EXIT_CODES, Command
from graph_cdp.cli.found import Commands

_COMMANDS: tuple[Command, ...] = (
    demo.demo,
    ingest.ingest,
    simulate.simulate,
    profile.profile,
    explain.explain,
    decide.decide,
    decide.decisions,
    audit.audit,
    rebuild.rebuild,
    rebuild.verify,
    export.export,
    stats.stats,
    evaluate.evaluate,
    config.config,
)
_NEO4J: tuple[Command, ...] = (neo4j.start, neo4j.stop, neo4j.status, neo4j.path, neo4j.dump, neo4j.load)
_KEYS: tuple[Command, ...] = (keys.make, keys.list_, keys.revoke)
_MATCH: tuple[Command, ...] = (
    match.run,
    match.train,
    match.explain,
    evaluate.evaluate,
    match_store.adopt,
    match_store.store_,
    match_store.withdraw,
)
_POLICY: tuple[Command, ...] = (policy.check,)
_FRAUD: tuple[Command, ...] = (fraud.scan,)

app = typer.Typer(
    name="graph-cdp",
    cls=Commands,
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
        typer.echo(f"graph-cdp {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Identity resolution on a graph: from raw observations to explained profiles."""


def _fill(group: typer.Typer, commands: Iterable[Command]) -> None:
    for one in commands:
        one.add_to(group)


def _group(
    name: str, words: str, commands: Iterable[Command], alone: Callable[[typer.Context], None] | None = None
) -> None:
    """A group of commands; `alone` is run where none is named, else the help is shown."""
    group = typer.Typer(
        no_args_is_help=alone is None, rich_markup_mode="rich", pretty_exceptions_enable=False, help=words
    )
    if alone is not None:
        group.callback(invoke_without_command=True, help=words)(alone)
    _fill(group, commands)
    app.add_typer(group, name=name)


_fill(app, _COMMANDS)
_group("match", "Find records about the same person in files, without an identifier they share.", _MATCH)
_group("neo4j", "A real Neo4j on this machine, without Docker, Java or Maven.", _NEO4J)
_group("keys", "API keys: what programs show to be let in.", _KEYS)
_group(
    "review",
    "What may need a judgement, most useful first. Alone, in a terminal: go through it item by item.",
    review.COMMANDS,
    review.walk_in_a_terminal,
)
_group("match", "Records that are about the same person, though they share no identifier.", _MATCH)
_group("policy", "Check a policy.", _POLICY)
_group("fraud", "Look for signs of fraud.", _FRAUD)
