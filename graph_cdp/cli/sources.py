"""What the files of a call mean: events as they are, or rows with a mapping that is given or guessed."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import RenderableType

from graph_cdp.cli.show import add, plain, table
from graph_cdp.errors import InputError
from graph_cdp.files import Column, Guess, Mapping, Sample, check_columns, guess_mapping, is_event, load_mapping, sample
from graph_cdp.service.source import Source

_ROWS_LOOKED_AT = 1_000


class Looked(NamedTuple):
    """A file whose first rows were read, and the mapping that was given; that its rows are events needs none."""

    path: Path
    sample: Sample
    mapping: Mapping | None
    events: bool
    encoding: str | None


class Understood(NamedTuple):
    """A file with what it means, and the guess that this rests on."""

    source: Source
    guess: Guess | None


def look_at(files: Sequence[Path], mapping: Path | None, encoding: str | None = None) -> list[Looked]:
    """Look at all files before anything is done with one. Raises InputError where one of them cannot be read."""
    given = None if mapping is None else load_mapping(mapping)
    looked = []
    for path in files:
        rows = sample(path, _ROWS_LOOKED_AT, encoding)
        events = rows.kind == "jsonl" and 2 * sum(map(is_event, rows.rows)) >= len(rows.rows)
        if given is not None and not events and rows.kind != "jsonl":
            check_columns(given, rows.columns, path)
        looked.append(Looked(path, rows, None if events else given, events, encoding))
    return looked


def understand(looked: Looked, name: str | None, namespaces: Collection[str]) -> Understood:
    """Guess what is not given. Raises InputError where no column names an identifier or numbers the records."""
    path = looked.path
    name = name or path.name.partition(".")[0] or "file"
    if looked.events or looked.mapping is not None:
        return Understood(Source(path, looked.mapping, name, looked.encoding), None)
    guess = guess_mapping(looked.sample.columns, looked.sample.rows, namespaces)
    if not guess.mapping.identifiers and guess.mapping.record is None:
        raise InputError(f"{path}: {guess.warning}")
    return Understood(Source(path, guess.mapping, name, looked.encoding), guess)


def shown_guess(understood: Understood) -> Iterator[RenderableType]:
    """The guess as a table: column, what it becomes, why."""
    guess = understood.guess
    if guess is None:
        return
    made = table(f"{understood.source.path}: what its columns are taken for", "column", "becomes", "why")
    for one in guess.columns:
        add(made, one.column, f"{one.role} {one.name}", plain(one.reason, "dim"))
    yield made
    if guess.warning:
        yield plain(guess.warning, "yellow")


def mapping_json(mapping: Mapping | None) -> dict[str, object] | None:
    """A mapping as JSON, as a mapping file has it."""
    if mapping is None:
        return None
    fields = ("identifiers", "traits", "properties", "time", "id", "record", "type", "name", "source")
    return {name: _said(getattr(mapping, name)) for name in fields}


def _said(value: object) -> object:
    return {"column": value.name} if isinstance(value, Column) else value
