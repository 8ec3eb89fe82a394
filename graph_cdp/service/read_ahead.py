"""Read and normalise a file in a process of its own, so that one core prepares while the other one stores."""

import gc
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple, cast

import orjson

from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.files import Batch, Position, Reject, open_rows
from graph_cdp.policies import Rules
from graph_cdp.resolve import ProfileIds, Told, told_by
from graph_cdp.service.beside import started_beside
from graph_cdp.service.packed import pack, unpack
from graph_cdp.service.sift import forget_oldest, sift
from graph_cdp.service.source import Source

_WORTH_A_PROCESS_BYTES = 4 << 20
_EXCERPT = 1_000
_REMEMBERED_EVENTS = 200_000
_FIRST_ROWS = 1_000


class Prepared(NamedTuple):
    """A batch of a file, read and normalised: its distinct events, the line of each, and the rows that are none.

    `told` is what the events tell. `duplicates` counts rows that repeat one of the last events of the file,
    `conflicts` are those that contradict one. `done` of `total` is how much of the file is read: bytes,
    in Parquet rows.
    """

    events: Sequence[Event]
    told: Told
    duplicates: int
    conflicts: list[Reject]
    lines: list[int]
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
        return _prepared(open_rows(source.path, start, batch_rows, source.encoding), source, policy, now)
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


def _prepared(batches: Iterable[Batch], source: Source, policy: Policy, now: Millis) -> Iterator[Prepared]:
    rules = Rules.of(policy)
    recent: dict[str, bytes] = {}
    for batch in batches:
        yield _prepare(batch, source, rules, now, recent)
        forget_oldest(recent, _REMEMBERED_EVENTS)


def _prepared_beside(ids: ProfileIds | None, *asked: object) -> Iterator[Prepared]:
    # A pipe holds less than a batch: the other process has one waiting there, makes the next one meanwhile, and is no
    # further ahead. Should this process die, the pipe breaks and the other one ends.
    with started_beside(__name__) as process:
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
    if received is None:
        return None
    packed, rest = received
    return Prepared(*unpack(packed, ids), *rest)


def feed() -> None:
    """Be the process beside: read from stdin what to read, and give batch after batch to stdout, then None."""
    gc.disable()
    ids, source, policy, now, start, batch_rows = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process
    sending = sys.stdout.buffer
    with suppress(BrokenPipeError):
        try:
            with ThreadPoolExecutor(1) as sender:
                sent = sender.submit(sending.flush)
                for prepared in _prepared(_soon(source, start, batch_rows), source, policy, now):
                    packed = pack(prepared.events, prepared.told, ids), prepared[2:]
                    pickled = pickle.dumps(packed, pickle.HIGHEST_PROTOCOL)
                    sent.result()
                    sent = sender.submit(_send, sending, pickled)
                sent.result()
        except InputError as error:
            pickle.dump(error, sending)
        else:
            pickle.dump(None, sending)
        sending.flush()
    # Leave at once: where the pipe is broken, a last flush would tell of it.
    os._exit(0)


def _send(sending: IO[bytes], pickled: bytes) -> None:
    sending.write(pickled)
    sending.flush()


def _soon(source: Source, start: Position | None, batch_rows: int) -> Iterator[Batch]:
    """The rows of a file, in growing batches at first: the process that stores waits for these."""
    size = min(_FIRST_ROWS, batch_rows)
    while size < batch_rows and (first := next(iter(open_rows(source.path, start, size, source.encoding)), None)):
        yield first
        start, size = first.position, size * 2
    yield from open_rows(source.path, start, batch_rows, source.encoding)


def conflicting(line: int, id: str) -> Reject:  # noqa: A002
    """The row of an event whose id another one has, with other content."""
    return Reject(line, "its id is stored with other content, which stays", id)


def _prepare(batch: Batch, source: Source, rules: Rules, now: Millis, recent: dict[str, bytes]) -> Prepared:
    """Turn the rows of a batch into events, and add up their evidence. `recent` are digests of events, by id."""
    read, mapping = rules.reader.read, source.mapping
    events: list[Event] = []
    lines, rejects = list[int](), list(batch.rejects)
    for row in batch.rows:
        raw = row.values if mapping is None else mapping.apply(row.values, source.name)
        event = raw if isinstance(raw, RefusedEvent) else read(raw, source=source.name, now=now)
        if isinstance(event, RefusedEvent):
            text = orjson.dumps(row.values, default=str, option=orjson.OPT_NON_STR_KEYS).decode()[:_EXCERPT]
            rejects.append(Reject(row.line, f"{event.path}: {event.reason}", text))
        else:
            events.append(event)
            lines.append(row.line)
    fresh, conflicts = sift(events, recent), list[Reject]()
    if len(fresh.events) < len(events):
        # Of rows that tell the same the first one is named.
        line_of = {(event.id, event.digest): line for event, line in zip(events[::-1], lines[::-1], strict=True)}
        lines = [line_of[event.id, event.digest] for event in fresh.events]
        conflicts = [conflicting(line_of[conflict], conflict.id) for conflict in fresh.conflicts]
    return Prepared(
        fresh.events,
        told_by(fresh.events, rules.policy),
        fresh.duplicates,
        conflicts,
        lines,
        rejects,
        batch.position,
        batch.done,
        batch.total,
    )
