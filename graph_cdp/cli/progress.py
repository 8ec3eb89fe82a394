"""Progress bars on stderr, with rate and time left; none where stderr is no terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from graph_cdp.cli.show import notes_console

Tell: TypeAlias = Callable[[int, int, int], None]
"""Told how much is done, of how much (0: not known), and how many things that were so far."""


@contextmanager
def bar(what: str, things: str) -> Iterator[Tell]:
    """Show a bar as long as the work goes on."""
    console = notes_console()
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=None, told="")
        first: tuple[float, int] | None = None

        def tell(done: int, total: int, count: int) -> None:
            nonlocal first
            now = time.monotonic()
            # What an earlier run did has taken no time in this one, so the rate counts from the first report.
            first = first or (now, count)
            seconds = now - first[0]
            rate = f", {(count - first[1]) / seconds:,.0f}/s" if seconds > 0.1 else ""
            progress.update(task, completed=done, total=total or None, told=f"{count:,} {things}{rate}")

        yield tell


@contextmanager
def bar_of_steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar that is told what is being done, how much of it is done, and of how much (0: not known)."""
    console = notes_console()
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)
        doing = ""

        def tell(what: str, done: int, total: int) -> None:
            nonlocal doing
            if what != doing:
                doing = what
                progress.reset(task, description=what)
            progress.update(task, completed=done, total=total or None)

        yield tell
