"""One new record beside those known: by the engine alone, and by Splink. Milliseconds a record."""

import time
from collections import defaultdict
from collections.abc import Callable
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

    return {"records": len(known), **told(_timed(look_up, new.to_pylist()))}


def splink(data: Data) -> Figures:
    """`predict_between` one new record and those known, term frequencies registered before."""
    from tests.bench.match.splink_settings import SETTINGS, trained_to_look_up  # noqa: PLC0415

    known, new = Parted.of(data, NEW_RECORDS["splink"])
    look_up = trained_to_look_up(known, SETTINGS["historical_50k"]())
    took = _timed(lambda row: look_up(new.slice(row, 1)), list(range(len(new))))
    return {"records": len(known), **told(took)}


def _timed(work: Callable[[Any], object], things: list[Any]) -> list[float]:
    took = list[float]()
    with collected_seldom():  # as workers have it
        for thing in things:
            begin = time.perf_counter()
            work(thing)
            took.append(1_000 * (time.perf_counter() - begin))
    return took


def told(took: list[float]) -> Figures:
    """Median and 99th percentile, without those that waited for what is compiled and cached."""
    rest = np.array(took[int(len(took) * _WARM) :])
    return {"p50_ms": float(np.median(rest)), "p99_ms": float(np.quantile(rest, 0.99))}
