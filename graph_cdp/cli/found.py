"""Commands of packages above this one, found by the entry-point group `graph_cdp.commands` when they are asked for."""

from typing import Any

import typer
from typer.core import TyperGroup

from graph_cdp.cli.command import Command

_GROUP = "graph_cdp.commands"


class Commands(TyperGroup):
    """The commands of an app, and those found; looking for these waits until a name is not known, or help is wanted."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name; None where there is none."""
        own = super().get_command(ctx, cmd_name)
        return _found(cmd_name) if own is None else own

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, found ones last."""
        return [*super().list_commands(ctx), *sorted(_entry_points())]


def _entry_points() -> dict[str, Any]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - reads the metadata of every package installed

    return {entry.name: entry for entry in entry_points(group=_GROUP)}


def _found(name: str) -> Any:
    entry = _entry_points().get(name)
    if entry is None:
        return None
    one: Command = entry.load()
    alone = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)
    one.add_to(alone)
    return typer.main.get_command(alone)
