"""One side on one data set, in a process of its own: `python -m tests.bench.match.side SIDE NAME SCALE`; SIDE is ours,
splink, sqlite or neo4j.

Prints one line of JSON: seconds from records in memory to clusters (imports and reading are not timed), MB at the
most until then, and F1 of pairs in whole clusters; for `new_record`, milliseconds a record.
"""

import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.match import agreement
from tests.bench.match import new_record
from tests.bench.match.data import Data, load

Figures: TypeAlias = dict[str, float]


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


def _look_up(side: str) -> Callable[[Data], Figures]:
    if side in ("ours", "splink"):
        return {"ours": new_record.ours, "splink": new_record.splink}[side]
    from tests.bench.match import stored_record  # noqa: PLC0415

    return {"sqlite": stored_record.through_sqlite, "neo4j": stored_record.through_neo4j}[side]


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
        figures = _look_up(side)(data)
    else:
        data = load(name, float(scale))
        figures = ours(data) if side == "ours" else splink(data, name)
    print(json.dumps({"records": len(data.table), **figures}))


if __name__ == "__main__":
    main()
