"""Read and normalise a file in a process of its own, so that one core prepares while the other one stores."""

import gc
import pickle
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

import orjson

from graph_cdp.domain.event import Event, RefusedEvent
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.files import Batch, Position, Reject, open_rows
from graph_cdp.policies import Rules
from graph_cdp.resolve import Evidence, evidence_of
from graph_cdp.service.sift import Conflict, sift
from graph_cdp.service.source import Source

_WORTH_A_PROCESS_BYTES = 4 << 20
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
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int
) -> Iterator[Prepared]:
    """The batches of a file behind `start`, in order. Raises InputError where the file cannot be read on."""
    if source.path.stat().st_size < _WORTH_A_PROCESS_BYTES:
        return _prepared_here(source, policy, now, start, batch_rows)
    return _prepared_beside(source, policy, now, start, batch_rows)


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


def _prepared_beside(
    source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int
) -> Iterator[Prepared]:
    # A pipe holds less than a batch, so the other process is one batch ahead and never more. Should this process
    # die, the pipe breaks and the other one ends.
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_feed, args=(sending, source, policy, now, start, batch_rows), daemon=True)
    process.start()
    sending.close()
    try:
        while (item := _received(receiving)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        receiving.close()
        process.terminate()
        process.join()


def _received(receiving: Connection) -> Prepared | Exception | None:
    try:
        received: Prepared | Exception | None = pickle.loads(receiving.recv_bytes())  # noqa: S301  # our own process
    except EOFError:
        return InputError("The process that read the file ended early, perhaps for want of memory: run it again.")
    return received


def _feed(
    sending: Connection, source: Source, policy: Policy, now: Millis, start: Position | None, batch_rows: int
) -> None:
    gc.disable()
    with suppress(BrokenPipeError, KeyboardInterrupt):
        try:
            for prepared in _prepared_here(source, policy, now, start, batch_rows):
                sending.send_bytes(pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL))
        except InputError as error:
            sending.send_bytes(pickle.dumps(error))
        else:
            sending.send_bytes(pickle.dumps(None))


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
