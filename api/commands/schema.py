"""`graph-cdp schema`: the GraphQL schema as text, and what it changed."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption


@command("graph-cdp schema > schema.graphql", "graph-cdp schema --check schema.graphql")
def schema(
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="An earlier schema to compare with.", show_default=False),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Print the GraphQL schema, or tell what it changed since an earlier one.

    With --check exits 1 where clients that were written against the earlier schema would fail.
    """
    from api.graphql.changes import changes_between
    from api.graphql.schema import schema_text
    from graph_cdp.cli.show import emit, plain

    if check is None:
        text = schema_text()
        emit(output, {"schema": text}, lambda: [plain(text.rstrip())])
        return OK
    found = changes_between(_read(check), schema_text())
    lines = [plain(f"breaking: {change}", "red") for change in found.breaking]
    lines += [plain(f"dangerous: {change}", "yellow") for change in found.dangerous]
    emit(output, found._asdict(), lambda: lines or [plain("Clients of the earlier schema notice nothing.", "green")])
    return NEGATIVE if found.breaking else OK


def _read(path: Path) -> str:
    from graph_cdp.errors import InputError

    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8; save it as UTF-8 text.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); name a file that can be.") from None
