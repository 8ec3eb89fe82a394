"""Results to stdout, notes to stderr. Tables and colour for persons, JSON for programs."""

import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import StringIO

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from graph_cdp.cli.options import Format
from graph_cdp.errors import InputError

_WIDTH_OF_PIPES = 160


def emit(output: Format, value: object, text: Callable[[], Iterable[RenderableType]]) -> None:
    """Write a result to stdout: `value` as JSON, or what `text` gives, one below the other."""
    if output is Format.JSON:
        put(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
        return
    held = StringIO()
    terminal = sys.stdout.isatty()
    console = Console(file=held, force_terminal=terminal, highlight=False, width=None if terminal else _WIDTH_OF_PIPES)
    _print(console, text())
    put(held.getvalue().encode("utf-8", "backslashreplace"))


def put(content: bytes) -> None:
    """Write to stdout at once. Raises InputError where it takes no more; BrokenPipeError where nobody reads on."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise InputError(
            f"standard output cannot be written: {fault.strerror}: make room, or send it elsewhere."
        ) from fault


def note(*parts: RenderableType) -> None:
    """Tell something beside the result, on stderr; that nobody can be told is no reason to stop."""
    with suppress(OSError):
        _print(notes_console(), parts)


def notes_console() -> Console:
    """The console of notes and progress bars."""
    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDTH_OF_PIPES)


def _print(console: Console, parts: Iterable[RenderableType]) -> None:
    for part in parts:
        if isinstance(part, Table):
            _print_table(console, part)
        else:
            # In a pipe text stays on its line, however long that is; and anywhere what is to be copied.
            console.print(part, soft_wrap=isinstance(part, Text) and (part.no_wrap or not console.is_terminal))


def _print_table(console: Console, made: Table) -> None:
    # As part of the table a title that is wider would be folded.
    title, made.title = made.title, None
    if title is not None:
        console.print(title)
    console.print(made)
    console.print()


@dataclass(frozen=True)
class Drawn:
    """A picture that takes the room that is left, from `narrow` to `wide` letters; `draw` makes it so wide."""

    draw: Callable[[int], Text]
    narrow: int
    wide: int

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """How wide it may be."""
        return Measurement(self.narrow, self.wide)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The picture."""
        yield self.draw(min(options.max_width, self.wide))


def table(title: str, *columns: str, right: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """An empty table; the columns in `right` hold numbers, those in `whole` what is copied from them.

    Nothing is cut off: long values of other columns go on below.
    """
    made = Table(title=_title(title), box=SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for column in columns:
        number = column in right
        in_one_piece = number or column in whole
        made.add_column(
            column, justify="right" if number else "left", no_wrap=in_one_piece, overflow="fold", header_style="dim"
        )
    return made


def add(made: Table, *cells: object, style: str = "") -> None:
    """Add a row; numbers get their thousands parted."""
    made.add_row(*(cell if isinstance(cell, ConsoleRenderable) else plain(cell) for cell in cells), style=style)


def plain(value: object, style: str = "") -> Text:
    """A value as text that can do a terminal no harm."""
    match value:
        case None:
            return Text("–", style="dim")
        case bool():
            return Text("yes" if value else "no", style=style)
        case int():
            return Text(f"{value:,}", style=style)
        case str():
            return Text(_harmless(value), style=style)
        case _:
            return Text(_harmless(orjson.dumps(value, default=str).decode()), style=style)


def facts(title: str, values: Mapping[str, object]) -> Table:
    """Names and values, one below the other."""
    made = Table(title=_title(title), box=None, show_header=False)
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in values.items():
        add(made, name, value)
    return made


def _title(title: str) -> Text | None:
    return plain(title, style="bold") if title else None


def _harmless(text: str) -> str:
    return "".join(map(_visible, text)) if not text.isprintable() else text


@cache
def _visible(letter: str) -> str:
    if letter == "\n" or unicodedata.category(letter)[0] != "C":
        return letter
    return letter.encode("unicode_escape").decode()
