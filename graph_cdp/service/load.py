"""Load files of events or records: read, map, take in, in batches that can be continued where they stopped."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from itertools import chain

import orjson

from graph_cdp.domain.columnar import Columnar
from graph_cdp.domain.event import Event
from graph_cdp.domain.times import Millis
from graph_cdp.files import Position, Reject, fingerprint
from graph_cdp.policies import Rules
from graph_cdp.service.ingest import Ingested, ingest
from graph_cdp.service.issues import IssueCounts
from graph_cdp.service.read_ahead import Prepared, conflicting, prepared_batches, resting_collector
from graph_cdp.service.sift import Conflict
from graph_cdp.service.source import Source
from graph_cdp.store.port import Store, Writing


@dataclass(frozen=True)
class Loaded:
    """What became of a file's rows, counted from its beginning, earlier runs included.

    `rows_before` of the rows were counted by earlier runs; `finished` tells whether one had loaded the whole file.
    """

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    issues: IssueCounts = field(default_factory=IssueCounts)
    finished: bool = False
    rows_before: int = field(default=0, compare=False)


Report = Callable[[Loaded, int, int], None]
"""Told after each batch: what became of the rows so far, and how much of how much of the file is read."""

__all__ = ["Loaded", "Report", "Source", "load"]


async def load(
    store: Store,
    source: Source,
    rules: Rules,
    now: Millis,
    batch_rows: int,
    reject: Callable[[Reject], None],
    report: Report,
) -> Loaded:
    """Load a file, in one transaction a batch, each with the place to continue at.

    A load that was interrupted goes on behind its last batch; a file that was loaded whole is not read again.
    `reject` is told each row that is no event, before its batch is written. Raises InputError where the file
    cannot be read on; what came before is loaded.
    """
    name = f"load:{_fingerprint(source)}"
    loaded, start = _restore(await store.read(lambda tx: tx.note(name)))
    if loaded.finished:
        return loaded
    with resting_collector():
        for prepared in prepared_batches(source, rules.policy, now, start, batch_rows, store.ids):
            for one in prepared.rejects:
                reject(one)
            loaded, conflicts = await _take_in(store, prepared, loaded, rules, name)
            for one in (*prepared.conflicts, *_rejects(prepared, conflicts)):
                reject(one)
            report(loaded, prepared.done, prepared.total)
            del prepared  # and with it the memory that the next batch will take
    loaded = replace(loaded, finished=True)
    await store.write(lambda tx: tx.put_notes({name: _note(loaded, Position(loaded.rows, 0))}))
    return replace(loaded, finished=False)


async def _take_in(
    store: Store, prepared: Prepared, before: Loaded, rules: Rules, name: str
) -> tuple[Loaded, tuple[Conflict, ...]]:
    async def work(tx: Writing) -> tuple[Loaded, tuple[Conflict, ...]]:
        ingested = await ingest(tx, prepared.events, rules, prepared.told)
        after = _plus(before, prepared, ingested)
        await tx.put_notes({name: _note(after, prepared.position)})
        return after, ingested.conflicts

    return await store.write(work)


def _rejects(prepared: Prepared, conflicts: Sequence[Conflict]) -> list[Reject]:
    if not conflicts:
        return []
    line_by_id = dict(zip(Columnar.of(Event, prepared.events).column("id"), prepared.lines, strict=True))
    return [conflicting(line_by_id[one.id], one.id) for one in conflicts]


def _plus(before: Loaded, prepared: Prepared, ingested: Ingested) -> Loaded:
    issues = IssueCounts.of(Counter(chain.from_iterable(Columnar.of(Event, prepared.events).column("issues"))))
    return Loaded(
        before.rows + len(prepared.events) + prepared.duplicates + len(prepared.conflicts) + len(prepared.rejects),
        before.accepted + ingested.accepted,
        before.duplicates + prepared.duplicates + ingested.duplicates,
        before.conflicts + len(prepared.conflicts) + len(ingested.conflicts),
        before.rejected + len(prepared.rejects),
        before.issues + issues,
        rows_before=before.rows_before,
    )


def _fingerprint(source: Source) -> str:
    """The same for the same content, read in the same way."""
    meaning = f"{fingerprint(source.path)}\0{source.mapping!r}\0{source.name}\0{source.encoding}"
    return blake2b(meaning.encode(), digest_size=16).hexdigest()


def _note(loaded: Loaded, position: Position) -> str:
    return orjson.dumps({"loaded": asdict(loaded), "position": asdict(position)}).decode()


def _restore(note: str | None) -> tuple[Loaded, Position | None]:
    if note is None:
        return Loaded(), None
    stored = orjson.loads(note)
    counts = stored["loaded"]
    counts |= {"issues": IssueCounts(**counts["issues"]), "rows_before": counts["rows"]}
    return Loaded(**counts), Position(**stored["position"])
