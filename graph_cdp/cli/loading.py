"""Loading several files with a progress bar each, and what became of them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from graph_cdp.cli.opening import Session, now_millis
from graph_cdp.cli.progress import bar
from graph_cdp.cli.show import add, plain, table
from graph_cdp.cli.sources import Understood, mapping_json
from graph_cdp.files import Reject, RejectsFile
from graph_cdp.service.issues import IssueCounts
from graph_cdp.service.load import Loaded, load


@dataclass
class Load:
    """One file: what became of its rows so far, and the seconds it took."""

    understood: Understood
    loaded: Loaded = field(default_factory=Loaded)
    seconds: float = 0.0

    @property
    def rows_now(self) -> int:
        """How many rows this run has read."""
        return 0 if self.loaded.finished else self.loaded.rows - self.loaded.rows_before


@dataclass
class Loads:
    """The files of a call in turn, as far as they were begun; `rejects` is where the rows go that are no events.

    `first` is the first of these, with its file.
    """

    rejects: Path
    first: tuple[Path, Reject] | None = None
    done: list[Load] = field(default_factory=list)

    @property
    def told_in(self) -> Path | None:
        """Where the rows that are no events are told; an earlier run may have told them elsewhere."""
        return self.rejects if (self.total.rejected or self.total.conflicts) and self.rejects.exists() else None

    @property
    def total(self) -> Loaded:
        """The sum over all files."""
        every = [one.loaded for one in self.done]
        return Loaded(
            sum(loaded.rows for loaded in every),
            sum(loaded.accepted for loaded in every),
            sum(loaded.duplicates for loaded in every),
            sum(loaded.conflicts for loaded in every),
            sum(loaded.rejected for loaded in every),
            sum((loaded.issues for loaded in every), IssueCounts()),
        )


async def load_all(session: Session, understood: Sequence[Understood], loads: Loads) -> None:
    """Load one file after the other. `loads` tells what was done, also where an error ends it."""
    with RejectsFile(loads.rejects) as rejects:
        for one in understood:
            loads.done.append(Load(one))
            await _load(session, loads, rejects)


async def _load(session: Session, loads: Loads, rejects: RejectsFile) -> None:
    this = loads.done[-1]
    source, begun = this.understood.source, time.monotonic()

    def put_aside(reject: Reject) -> None:
        loads.first = loads.first or (source.path, reject)
        rejects.write(source.path, [reject])

    with bar(source.path.name, "rows") as tell:

        def report(loaded: Loaded, done: int, total: int) -> None:
            this.loaded = loaded
            tell(done, total, loaded.rows)

        try:
            this.loaded = await load(
                session.store,
                source,
                session.rules,
                now_millis(),
                session.settings.batch_events,
                put_aside,
                report,
            )
        finally:
            this.seconds = time.monotonic() - begun


def loads_json(loads: Loads) -> dict[str, object]:
    """What became of the files, for programs."""
    total, told_in = loads.total, loads.told_in
    return {
        "files": [_load_json(one) for one in loads.done],
        "total": _counts(total) | {"seconds": round(sum(one.seconds for one in loads.done), 3)},
        "rejects": None if told_in is None else str(told_in),
    }


def _load_json(one: Load) -> dict[str, object]:
    source = one.understood.source
    return {
        "path": str(source.path),
        "source": source.name,
        "mapping": mapping_json(source.mapping),
        "guessed": one.understood.guess is not None,
        "loaded_before": one.loaded.finished,
        **_counts(one.loaded),
        "seconds": round(one.seconds, 3),
    }


def _counts(loaded: Loaded) -> dict[str, object]:
    counts = asdict(loaded)
    del counts["finished"], counts["rows_before"], counts["issues"]
    return {**counts, **asdict(loaded.issues)}


def loads_text(loads: Loads) -> Iterator[RenderableType]:
    """What became of the files, for persons."""
    numbers = ("rows", "accepted", "duplicates", "conflicts", "rejected")
    made = table("Loaded", "file", "source", *numbers, right=numbers)
    for one in loads.done:
        _add(made, one.understood.source.path.name, one.understood.source.name, one.loaded)
    total = loads.total
    if len(loads.done) > 1:
        made.add_section()
        _add(made, "all", "", total)
    yield made
    rows_now, seconds = sum(one.rows_now for one in loads.done), sum(one.seconds for one in loads.done)
    if rows_now and seconds:
        yield plain(f"{rows_now:,} rows read, {round(rows_now / seconds):,} a second.", "dim")
    unknown = [f"{namespace} ({count:,})" for namespace, count in total.issues.unknown_namespaces.items()]
    invalid = [
        f"{namespace} {reason} ({count:,})"
        for namespace, count_by_reason in total.issues.invalid_values.items()
        for reason, count in count_by_reason.items()
    ]
    if unknown:
        yield plain(f"Identifiers whose namespace is not in the policy; they join nobody: {', '.join(unknown)}")
    if invalid:
        yield plain(f"Identifiers that cannot be normalised; they join nobody: {', '.join(invalid)}")
    if told_in := loads.told_in:
        yield plain(f"Rows that were not taken, each with its reason: {told_in}", "yellow")
    if loads.first is not None:
        path, reject = loads.first
        yield plain(f"The first: {path}, line {reject.line}: {reject.reason}", "yellow")
    for one in loads.done:
        if one.loaded.finished:
            yield plain(f"{one.understood.source.path} was loaded before and is not read again.", "dim")


def _add(made: Table, name: str, source: str, loaded: Loaded) -> None:
    add(made, name, source, loaded.rows, loaded.accepted, loaded.duplicates, loaded.conflicts, loaded.rejected)
