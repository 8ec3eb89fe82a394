"""Read and normalise a file in a process of its own, so that one core prepares while the other one stores."""

import gc
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import repeat
from typing import IO, Any, NamedTuple, TypeVar, cast

import orjson

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.files import BATCH_BYTES, Batch, Position, Reject, Row, open_rows
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
# So few that they are in the cache of a core from when they are parsed until they are read and forgotten.
_PAGE_ROWS = 100

T = TypeVar("T")


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


class _Read(NamedTuple):
    """Rows of a file, read: its events with the line of each, and the rows that are none.

    `page` is the last one read, None where the file had no more; `damage` is why it cannot be read on.
    """

    events: list[Event]
    lines: list[int]
    rejects: list[Reject]
    page: Batch | None
    damage: InputError | None


def prepared_batches(
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int, ids: ProfileIds | None = None
) -> Iterator[Prepared]:
    """The batches of a file behind `start`, in order; `ids` have the hashes of their keys and event ids then.

    Raises InputError where the file cannot be read on.
    """
    if source.path.stat().st_size < _WORTH_A_PROCESS_BYTES:
        return _prepared(source, policy, now, start, batch_rows, repeat(batch_rows))
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


def _prepared(
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int, sizes: Iterator[int]
) -> Iterator[Prepared]:
    """The batches of a file; `sizes` are the rows of each, but for a page, and none is above `batch_rows`."""
    rules, recent = Rules.of(policy), dict[str, bytes]()
    pages = open_rows(source.path, start, min(batch_rows, _PAGE_ROWS), source.encoding).batches
    for size in sizes:
        read = _read(pages, size, source, rules, now)
        page, damage = read.page, read.damage
        prepared = _prepare(read, page, recent, policy) if page else None
        # A batch is let go of before the next one is made, which then takes its place in memory: a twentieth.
        del read
        if prepared:
            yield prepared
        del prepared
        if damage:
            raise damage
        if page is None:
            return
        forget_oldest(recent, _REMEMBERED_EVENTS)


def _prepared_beside(ids: ProfileIds | None, *asked: object) -> Iterator[Prepared]:
    # A pipe holds less than a batch: the other process has one waiting there, makes the next one meanwhile, and is no
    # further ahead. Should this process die, the pipe breaks and the other one ends.
    with started_beside(__name__) as process:
        sending, receiving = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
        try:
            with suppress(BrokenPipeError), sending:
                pickle.dump((ids, *asked), sending)
            yield from iter(lambda: _received(receiving, ids), None)
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
                batches = _prepared(source, policy, now, start, batch_rows, _growing(batch_rows))
                for pickled in map(partial(_pickled, ids), batches):
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


def _pickled(ids: ProfileIds | None, prepared: Prepared) -> bytes:
    return pickle.dumps((pack(prepared.events, prepared.told, ids), prepared[2:]), pickle.HIGHEST_PROTOCOL)


def _send(sending: IO[bytes], pickled: bytes) -> None:
    sending.write(pickled)
    sending.flush()


def _growing(rows: int) -> Iterator[int]:
    """The sizes of batches: small at first, as the process that stores waits for these."""
    size = _FIRST_ROWS
    while size < rows:
        yield size
        size *= 2
    yield from repeat(rows)


def conflicting(line: int, id: str) -> Reject:  # noqa: A002
    """The row of an event whose id another one has, with other content."""
    return Reject(line, "its id is stored with other content, which stays", id)


def _read(pages: Iterator[Batch], size: int, source: Source, rules: Rules, now: Millis) -> _Read:
    """Turn the rows of the next pages into events, up to `size` rows or BATCH_BYTES behind the first page."""
    read, mapping, name = rules.reader.read, source.mapping, source.name
    events, lines, rejects = list[Event](), list[int](), list[Reject]()
    first, page, damage = None, None, None
    try:
        for page in pages:
            rejects += page.rejects
            for row in page.rows:
                raw = row.values if mapping is None else mapping.apply(row.values, name)
                event = raw if isinstance(raw, RefusedEvent) else read(raw, source=name, now=now)
                if isinstance(event, RefusedEvent):
                    rejects.append(_reject(row, event))
                else:
                    events.append(event)
                    lines.append(row.line)
            first = first or page
            is_much = page.position.offset - first.position.offset >= BATCH_BYTES
            if is_much or len(events) + len(rejects) >= size:
                break
    except InputError as error:
        damage = error
    return _Read(events, lines, rejects, page, damage)


def _reject(row: Row, refused: RefusedEvent) -> Reject:
    text = orjson.dumps(row.values, default=str, option=orjson.OPT_NON_STR_KEYS).decode()[:_EXCERPT]
    return Reject(row.line, f"{refused.path}: {refused.reason}", text)


def _prepare(read: _Read, page: Batch, recent: dict[str, bytes], policy: Policy) -> Prepared:
    """Add up the evidence of what was read, up to a page. `recent` are digests of events, by id."""
    events, lines, conflicts = Columnar.of(Event, read.events), read.lines, list[Reject]()
    fresh = sift(events, recent)
    if len(fresh.events) < len(events):
        # Of rows that tell the same the first one is named.
        line_by_id = _first_lines(events.column("id"), lines)
        if fresh.conflicts:
            line_of = _first_lines([*zip(events.column("id"), events.column("digest"), strict=True)], lines)
            conflicts = [conflicting(line_of[conflict], conflict.id) for conflict in fresh.conflicts]
        lines = [line_by_id[id_] for id_ in fresh.events.column("id")]
    return Prepared(
        fresh.events,
        told_by(fresh.events, policy),
        fresh.duplicates,
        conflicts,
        lines,
        sorted(read.rejects),
        page.position,
        page.done,
        page.total,
    )


def _first_lines(told: Sequence[T], lines: Sequence[int]) -> dict[T, int]:
    """The line where each was told first."""
    return dict(zip(reversed(told), reversed(lines), strict=True))
