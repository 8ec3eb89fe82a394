"""Read and normalise a file in a process of its own, so that one core prepares while the other one stores."""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import IO, Any, NamedTuple, TypeVar, cast

import orjson

from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.files import Batch, Position, Reject, open_rows
from graph_cdp.policies import Rules
from graph_cdp.resolve import Evidence, ProfileIds, Span, evidence_of
from graph_cdp.service.sift import Conflict, sift
from graph_cdp.service.source import Source

R = TypeVar("R")

_WORTH_A_PROCESS_BYTES = 4 << 20
_PIPE_BYTES = 1 << 20
_EXCERPT = 1_000
_REMEMBERED_EVENTS = 200_000


class Prepared(NamedTuple):
    """A batch of a file, read and normalised: its distinct events, the line of each, and the rows that are none.

    `evidence` is that of the events. `duplicates` counts rows that repeat one of the last events of the file,
    `conflicts` are those that contradict one. `done` of `total` is how much of the file is read: bytes,
    in Parquet rows.
    """

    events: list[Event]
    evidence: Evidence
    duplicates: int
    conflicts: tuple[Conflict, ...]
    line_by_id: dict[str, int]
    rejects: list[Reject]
    position: Position
    done: int
    total: int


def prepared_batches(
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int, ids: ProfileIds | None = None
) -> Iterator[Prepared]:
    """The batches of a file behind `start`, in order; `ids` have the hashes of their keys and event ids then.

    Raises InputError where the file cannot be read on.
    """
    if source.path.stat().st_size < _WORTH_A_PROCESS_BYTES:
        return _prepared_here(source, policy, now, start, batch_rows)
    return _prepared_beside(ids, source, policy, now, start, batch_rows)


@contextmanager
def resting_collector() -> Iterator[None]:
    """Spare the cyclic collector the many live rows of a batch: none of them is in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _prepared_here(
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int
) -> Iterator[Prepared]:
    rules = Rules.of(policy)
    recent: dict[str, bytes] = {}
    for batch in open_rows(source.path, start, batch_rows):
        yield _prepare(batch, source, rules, now, recent)
        # Collected first: each look at the beginning of a dict steps over all that was deleted there.
        for oldest in list(islice(recent, max(0, len(recent) - _REMEMBERED_EVENTS))):
            del recent[oldest]


def _prepared_beside(ids: ProfileIds | None, *asked: object) -> Iterator[Prepared]:
    # A pipe holds less than a batch, so the other process is one batch ahead and never more. Should this process
    # die, the pipe breaks and the other one ends. It is not one of multiprocessing's: these import again what the main
    # module imports, which takes longer than reading a batch.
    command = [sys.executable, "-P", "-c", f"from {__name__} import feed; feed()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=_PIPE_BYTES) as process:  # noqa: S603
        sending, receiving = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
        try:
            with suppress(BrokenPipeError), sending:
                pickle.dump((ids, *asked), sending)
            while (prepared := _received(receiving, ids)) is not None:
                yield prepared
        finally:
            process.kill()


def _received(receiving: IO[bytes], ids: ProfileIds | None) -> Prepared | None:
    try:
        received: tuple[Any, ...] | InputError | None = pickle.load(receiving)  # noqa: S301  # our own process
    except (EOFError, pickle.UnpicklingError):
        received = InputError("The process that read the file ended early, perhaps for want of memory: run it again.")
    if isinstance(received, InputError):
        raise received
    return None if received is None else _unpacked(received, ids)


def feed() -> None:
    """Be the process beside: read from stdin what to read, and give batch after batch to stdout, then None."""
    gc.disable()
    ids, *asked = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process
    sending = sys.stdout.buffer
    with suppress(BrokenPipeError, KeyboardInterrupt):
        try:
            for prepared in _prepared_here(*asked):
                pickle.dump(_packed(prepared, ids), sending, pickle.HIGHEST_PROTOCOL)
                sending.flush()
        except InputError as error:
            pickle.dump(error, sending)
        else:
            pickle.dump(None, sending)
        sending.flush()
    # Leave at once: where the pipe is broken, a last flush would tell of it.
    os._exit(0)


def _packed(prepared: Prepared, ids: ProfileIds | None) -> tuple[object, ...]:
    """A batch in columns, and hashes: pickle spends more on the type of each value than on what it holds."""
    events, (spans, links, blocked), *rest = prepared
    hashes = ids and [ids.hashes[text] for text in _hashed(events, spans)]
    return hashes, _columns(events), [*spans], _columns(spans.values()), _columns(links.values()), blocked, *rest


def _unpacked(packed: tuple[Any, ...], ids: ProfileIds | None) -> Prepared:
    hashes, event_columns, keys, spans, links, blocked, *rest = packed
    events = [*_rows(Event, event_columns)]
    if ids:
        ids.hashes.remember(_hashed(events, keys), hashes)
    span_by_key = dict(zip(keys, _rows(Span, spans), strict=True))
    link_by_pair = dict(zip(zip(*links[:2], strict=True), _rows(Link, links), strict=True))
    return Prepared(events, Evidence(span_by_key, link_by_pair, blocked), *rest)


def _hashed(events: Iterable[Event], keys: Iterable[Key]) -> list[str]:
    return [*(event.id for event in events), *keys]


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [*zip(*rows, strict=True)]


def _rows(kind: type[R], columns: Iterable[tuple[Any, ...]]) -> Iterator[R]:
    # What `kind._make` does, in compiled code.
    make = cast("Callable[[tuple[Any, ...]], R]", partial(tuple.__new__, kind))
    return map(make, zip(*columns, strict=True))


def _prepare(batch: Batch, source: Source, rules: Rules, now: Millis, recent: dict[str, bytes]) -> Prepared:
    """Turn the rows of a batch into events, and add up their evidence. `recent` are digests of events, by id."""
    read, mapping = rules.reader.read, source.mapping
    events: list[Event] = []
    line_by_id: dict[str, int] = {}
    rejects = list(batch.rejects)
    for row in batch.rows:
        raw = row.values if mapping is None else mapping.apply(row.values, source.name)
        event = raw if isinstance(raw, RefusedEvent) else read(raw, source=source.name, now=now)
        if isinstance(event, RefusedEvent):
            text = orjson.dumps(row.values, default=str, option=orjson.OPT_NON_STR_KEYS).decode()[:_EXCERPT]
            rejects.append(Reject(row.line, f"{event.path}: {event.reason}", text))
        else:
            events.append(event)
            line_by_id[event.id] = row.line
    fresh = sift(events, recent)
    return Prepared(
        fresh.events,
        evidence_of(fresh.events),
        fresh.duplicates,
        fresh.conflicts,
        line_by_id,
        rejects,
        batch.position,
        batch.done,
        batch.total,
    )
