"""One side on one data set, in a process of its own: `python -m tests.bench.match.side ours|splink NAME SCALE`.

Prints one line of JSON: seconds from records in memory to clusters (imports and reading are not timed), MB at the
most until then, and F1 of pairs in whole clusters; for `new_record`, milliseconds a record.
"""

import json
import logging
import resource
import sys
import time
import warnings
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.match import agreement
from tests.bench.match.data import Data, load

Figures: TypeAlias = dict[str, float]
NEW_RECORDS = {"ours": 1_000, "splink": 40}


def ours(data: Data) -> Figures:
    """With default settings and no labels."""
    from graph_cdp.match import Table, match, recognise, train  # noqa: PLC0415 - the other side does without

    begin = time.perf_counter()
    table = Table.of({name: data.table[name] for name in data.table.column_names})
    matched = match(table, train(table, recognise(table)))
    return {**_spent(begin), "f1": agreement(matched.cluster, data.person).f1}


def splink(data: Data, name: str) -> Figures:
    """As its demos are set up, at their threshold; `f1_best` at the best of many, with the truth known."""
    from tests.bench.match.splink_settings import SETTINGS, SWEEP, THRESHOLD, clusters_at, trained  # noqa: PLC0415

    begin = time.perf_counter()
    linker = trained(data.table, SETTINGS[name]())
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    found = clusters_at(linker, predicted, THRESHOLD)
    spent = _spent(begin)

    def f1(clusters: pa.Table) -> float:
        at = pc.index_in(data.table[data.id], clusters["unique_id"])
        cluster = clusters["cluster_id"].take(at).combine_chunks().dictionary_encode().indices.to_numpy()
        return agreement(cluster, data.person).f1

    best = max(f1(clusters_at(linker, predicted, threshold)) for threshold in SWEEP)
    return {**spent, "f1": f1(found), "f1_best": best}


def ours_new_record(data: Data) -> Figures:
    """Each new record is looked up by its keys and scored beside what these find."""
    from graph_cdp.match import Table, blocking_keys, blocking_keys_of, recognise, score, train  # noqa: PLC0415

    known, new = _parted(data, NEW_RECORDS["ours"])
    table = Table.of({name: known[name] for name in known.column_names})
    model = train(table, recognise(table))
    rows_by_key: dict[str, list[int]] = {}
    for row, keys in enumerate(blocking_keys_of(model, table)):
        for key in keys:
            rows_by_key.setdefault(key, []).append(row)
    held = known.to_pylist()

    def look_up(record: dict[str, Any]) -> None:
        found = [rows_by_key.get(key, ()) for key in blocking_keys(model, record)]
        candidates = sorted({row for rows in found if len(rows) <= model.most_records_a_key for row in rows})
        score(model, record, [held[row] for row in candidates])

    return _timed(look_up, new.to_pylist())


def splink_new_record(data: Data) -> Figures:
    """`predict_between` one new record and those known, term frequencies registered before."""
    from tests.bench.match.splink_settings import SETTINGS, trained_to_look_up  # noqa: PLC0415

    known, new = _parted(data, NEW_RECORDS["splink"])
    look_up = trained_to_look_up(known, SETTINGS["historical_50k"]())
    return _timed(lambda row: look_up(new.slice(row, 1)), list(range(len(new))))


def _parted(data: Data, count: int) -> tuple[pa.Table, pa.Table]:
    order = np.random.default_rng(1).permutation(len(data.table))
    return data.table.take(order[count:]), data.table.take(order[:count])


def _timed(work: Any, things: list[Any]) -> Figures:
    took = []
    for thing in things:
        begin = time.perf_counter()
        work(thing)
        took.append(1_000 * (time.perf_counter() - begin))
    # The first ones wait for what is compiled and cached then.
    rest = np.array(took[len(took) // 10 :])
    return {"p50_ms": float(np.median(rest)), "p99_ms": float(np.quantile(rest, 0.99))}


def _spent(begin: float) -> Figures:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - begin, "peak_mb": peak}


def main() -> None:
    """Run one side and print its figures."""
    side, name, scale = sys.argv[1:4]
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    if name == "new_record":
        data = load("historical_50k")
        figures = ours_new_record(data) if side == "ours" else splink_new_record(data)
    else:
        data = load(name, float(scale))
        figures = ours(data) if side == "ours" else splink(data, name)
    print(json.dumps({**figures, "records": len(data.table)}))


if __name__ == "__main__":
    main()
