"""One new record beside those known: by the engine alone, through a store, and by Splink. Milliseconds a record."""

import asyncio
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from api.ops.garbage import collected_seldom
from tests.bench.match.data import Data

Figures: TypeAlias = dict[str, float]

NEW_RECORDS = {"ours": 1_000, "splink": 40}
_WARM = 0.1
"""So large a share of the new records waits for what is compiled and cached then."""


class Parted(NamedTuple):
    """Records that are known, and some that come one by one."""

    known: pa.Table
    new: pa.Table

    @classmethod
    def of(cls, data: Data, count: int) -> "Parted":
        """So many new ones, drawn at random."""
        order = np.random.default_rng(1).permutation(len(data.table))
        return cls(data.table.take(order[count:]), data.table.take(order[:count]))


def ours(data: Data) -> Figures:
    """Each new record is folded, looked up by its keys, and scored beside what these find."""
    from graph_cdp.match import (  # noqa: PLC0415 - the other side does without
        Table,
        blocking_keys_of,
        folded_records,
        recognise,
        score_pairs,
        train,
    )

    known, new = Parted.of(data, NEW_RECORDS["ours"])
    table = Table.of({name: known[name] for name in known.column_names})
    model = train(table, recognise(table))
    held, rows_by_key = folded_records(model, known.to_pylist()), defaultdict[str, list[int]](list)
    for row, keys in enumerate(blocking_keys_of(model, held)):
        for key in keys:
            rows_by_key[key].append(row)

    def look_up(record: dict[str, Any]) -> None:
        folded = folded_records(model, [record])
        found = [rows_by_key.get(key, ()) for key in blocking_keys_of(model, folded)[0]]
        candidates = sorted({row for rows in found if len(rows) <= model.most_records_a_key for row in rows})
        others = np.arange(1, len(candidates) + 1)
        score_pairs(model, [*folded, *(held[row] for row in candidates)], np.zeros_like(others), others)

    return {"records": len(known), **_told(_timed(look_up, new.to_pylist()))}


def stored(data: Data) -> Figures:
    """The same through a store on disk, as a source tells of them: SQLite, one event and one transaction each.

    `adopt_s` and `adopt_mb`: how long all known records take to be matched when the model is adopted, and the memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_stored(data, Path(folder) / "store.db"))


async def _stored(data: Data, path: Path) -> Figures:
    from graph_cdp.match import Table, model_to_json, recognise, train  # noqa: PLC0415
    from graph_cdp.policies import Rules, parse_policy  # noqa: PLC0415
    from graph_cdp.service.ingest import ingest  # noqa: PLC0415
    from graph_cdp.service.matching import adopt_model, run  # noqa: PLC0415
    from tests.stores import NOW, file_url, opened  # noqa: PLC0415

    known, new = Parted.of(data, NEW_RECORDS["ours"])
    rules = Rules.of(parse_policy('[[namespace]]\nname = "crm"\nlimit = 1\n', "the policy of the bench"))

    def events(records: pa.Table) -> list[Any]:
        raw = [_event(record, data.id) for record in records.to_pylist()]
        return [rules.reader.read(one, source="bench", now=NOW) for one in raw]

    store = await opened(file_url(path))
    for first in range(0, len(known), 10_000):
        some = events(known.slice(first, 10_000))
        await store.write(lambda tx, some=some: ingest(tx, some, rules))
    table = Table.of({name: known[name] for name in known.column_names if name != data.id})
    model = model_to_json(train(table, recognise(table)))
    trained_mb = _peak_mb()
    begin = time.perf_counter()
    policy = await store.write(lambda tx: adopt_model(tx, model, rules.policy, NOW))
    await store.write(lambda tx: run(tx, policy))
    adopt_s, adopt_mb = time.perf_counter() - begin, _peak_mb()
    matching, took, whole = rules._replace(policy=policy), list[float](), list[float]()

    async def take_in(tx: Any, event: Any) -> None:
        begin = time.perf_counter()
        await ingest(tx, [event], matching)
        took.append(1_000 * (time.perf_counter() - begin))

    with collected_seldom():
        for event in events(new):
            begin = time.perf_counter()
            await store.write(lambda tx, event=event: take_in(tx, event))
            whole.append(1_000 * (time.perf_counter() - begin))
    await store.close()
    commit = [all_of_it - work for all_of_it, work in zip(whole, took, strict=True)]
    spent = {"records": len(known), "adopt_s": adopt_s, "adopt_mb": adopt_mb, "trained_mb": trained_mb}
    return {**_told(took), **{f"commit_{name}": value for name, value in _told(commit).items()}, **spent}


def _event(record: dict[str, str | None], id_: str) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": record[id_],
        "timestamp": "2026-01-01T00:00:00Z",
        "identifiers": [{"namespace": "crm", "value": record[id_]}],
        "traits": {name: value for name, value in record.items() if value is not None and name != id_},
    }


def splink(data: Data) -> Figures:
    """`predict_between` one new record and those known, term frequencies registered before."""
    from tests.bench.match.splink_settings import SETTINGS, trained_to_look_up  # noqa: PLC0415

    known, new = Parted.of(data, NEW_RECORDS["splink"])
    look_up = trained_to_look_up(known, SETTINGS["historical_50k"]())
    took = _timed(lambda row: look_up(new.slice(row, 1)), list(range(len(new))))
    return {"records": len(known), **_told(took)}


def _timed(work: Callable[[Any], object], things: list[Any]) -> list[float]:
    took = list[float]()
    with collected_seldom():  # as workers have it
        for thing in things:
            begin = time.perf_counter()
            work(thing)
            took.append(1_000 * (time.perf_counter() - begin))
    return took


def _told(took: list[float]) -> Figures:
    rest = np.array(took[int(len(took) * _WARM) :])
    return {"p50_ms": float(np.median(rest)), "p99_ms": float(np.quantile(rest, 0.99))}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
