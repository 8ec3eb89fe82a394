"""What every command does around its own work: examples in its help, expected errors as one line, an exit code."""

import inspect
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeAlias

import typer

from graph_cdp.cli.options import Format
from graph_cdp.errors import GraphCdpError, InputError, LocalNeo4jError, NotFoundError, StoreError

P = ParamSpec("P")

ExitCode: TypeAlias = int

OK: Final = 0
NEGATIVE: Final = 1
UNUSABLE: Final = 2
STORE: Final = 3
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

EXIT_CODES: Final = (
    "Exit codes: 0 all is well; 1 the answer is no (verify found differences, rows were rejected, nothing is known "
    "under that name); 2 input, a setting or the policy cannot be used; 3 the store, or the local Neo4j, refused or "
    "failed; 130 interrupted."
)


@dataclass(frozen=True, slots=True)
class Command:
    """A function ready to be a command, with the examples for its help."""

    function: Callable[..., None]
    examples: tuple[str, ...]

    def add_to(self, app: typer.Typer) -> None:
        """Make it a command of an app, under the function's own name."""
        name = self.function.__name__.rstrip("_")
        paragraphs = (inspect.getdoc(self.function) or "").split("\n\n")
        # A line break of the source is none of the help.
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        examples = "\n\n".join(["Examples:", *(example.replace("[", r"\[") for example in self.examples)])
        app.command(name=name, help=text, epilog=examples)(self.function)


def command(
    *examples: str,
) -> Callable[[Callable[P, ExitCode] | Callable[P, Coroutine[Any, Any, ExitCode]]], Command]:
    """Make a function that gives an exit code a command; a coroutine function is run to its end."""

    def made(function: Callable[P, ExitCode] | Callable[P, Coroutine[Any, Any, ExitCode]]) -> Command:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            def work() -> ExitCode | Coroutine[Any, Any, ExitCode]:
                _must_be_text(kwargs.values())
                return function(*args, **kwargs)

            raise typer.Exit(_outcome(work, as_json=kwargs.get("output") is Format.JSON))

        return Command(run, examples)

    return made


def _must_be_text(arguments: Iterable[object]) -> None:
    """Raises InputError for bytes that are no UTF-8: Python hands them on as lone surrogates, which no store takes."""
    for given in arguments:
        for one in given if isinstance(given, list) else [given]:
            try:
                str(one).encode()
            except UnicodeEncodeError:
                raise InputError(
                    "An argument is not UTF-8: write it anew, and give a file with such a name another one."
                ) from None


def _outcome(work: Callable[[], ExitCode | Coroutine[Any, Any, ExitCode]], *, as_json: bool) -> ExitCode:
    try:
        with _interrupted_at_once():
            result = work()
            import asyncio  # noqa: PLC0415 - `--help` does without

            return result if isinstance(result, int) else asyncio.run(result)
    except GraphCdpError as error:
        complain(error.code, str(error), as_json=as_json)
        return exit_code(error)
    except KeyboardInterrupt:
        complain("interrupted", "interrupted; run the same command again to continue", as_json=as_json)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has had enough.
        return PIPE_CLOSED
    finally:
        _let_output_go()


def _let_output_go() -> None:
    """Leave nothing for Python to flush at its end: it would complain once more of what was told already."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def exit_code(error: GraphCdpError) -> ExitCode:
    """The exit code that an error leads to."""
    match error:
        case StoreError() | LocalNeo4jError():
            return STORE
        case NotFoundError():
            return NEGATIVE
        case _:
            return UNUSABLE


def complain(code: str, message: str, *, as_json: bool) -> None:
    """Tell an error on stderr: as one clear line, or as `{"error": {"code", "message"}}`."""
    if as_json:
        import orjson  # noqa: PLC0415 - only errors of programs need it here

        line = orjson.dumps({"error": {"code": code, "message": message}}).decode()
    else:
        colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        line = ("\x1b[1;31merror:\x1b[0m " if colour else "error: ") + message
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Let Ctrl-C end the work where it stands.

    asyncio would wait for the next pause, and work on an embedded store makes none.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
