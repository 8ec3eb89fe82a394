"""Whole-store resolution, string keys in and groups out, beside a DuckDB join to ids with a compiled union-find.

`python -m tests.bench.bench_whole_store`. Every measurement is a process of its own, ours and the ceiling in turns.
Both have their code loaded before the clock starts.
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tests.bench.table import Row, show
from tests.bench.whole_store_data import CRM, POLICY, read_table, write_store

CEILING = Path(__file__).with_name("whole_store_ceiling.sql")
VARIANTS = (("no limit exceeded", 0.0, "at most 1"), ("limits matter in 1 % of the clusters", 0.01, "at most 2"))

Ids = NDArray[np.int32]
P = ParamSpec("P")
T = TypeVar("T")


class Measured(NamedTuple):
    """What one measurement took; the peak holds the tables that were read."""

    seconds: float
    peak_gb: float


class Found(NamedTuple):
    """By id the id that names its cluster and its profile, and how many links were refused."""

    cluster: Ids
    profile: Ids
    refusals: int


def rows(identifiers: int = 5_000_000, links: int = 8_000_000, seed: int = 0, repeat: int = 3) -> list[Row]:
    """A row for each variant; raises AssertionError where the answers differ."""
    return [_row(variant, identifiers, links, seed, repeat) for variant in VARIANTS]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identifiers", type=int, default=5_000_000)
    parser.add_argument("--links", type=int, default=8_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args(argv)
    show(rows(asked.identifiers, asked.links, asked.seed, asked.repeat))


def ours(identifiers: pa.Table, links: pa.Table) -> Found:
    """The product, compiled however few rows there are."""
    from graph_cdp.resolve.columnar import Columns, resolve_columns  # noqa: PLC0415  # the other measurement must not load it

    columns = Columns.of(
        POLICY,
        keys=identifiers["key"],
        first_seen=identifiers["first_seen"],
        low=links["low"],
        high=links["high"],
        last_seen=links["last_seen"],
        count=links["count"],
        few_rows=0,
    )
    found = resolve_columns(columns, np.zeros(len(columns.keys), np.bool_), ())
    return Found(found.cluster, found.profile, len(found.refusals))


def ceiling(identifiers: pa.Table, links: pa.Table) -> Found:
    """Connected components alone: no anchors, no limits."""
    import duckdb  # noqa: PLC0415

    from tests.bench.union_find import labels  # noqa: PLC0415  # numba

    ids = pa.array(np.arange(len(identifiers), dtype=np.int32))
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": False}) as connection:
        connection.register("identifiers", identifiers.append_column("id", ids))
        connection.register("links", links)
        ends = connection.execute(CEILING.read_text()).fetchnumpy()
    cluster = labels(len(identifiers), ends["low"], ends["high"])
    return Found(cluster, cluster, 0)


def _measure(resolve: Callable[[pa.Table, pa.Table], Found], folder: Path) -> Measured:
    identifiers, links = read_table(folder / "identifiers.arrow"), read_table(folder / "links.arrow")
    resolve(*_few(identifiers, links))
    begin = time.perf_counter()
    found = resolve(identifiers, links)
    seconds = time.perf_counter() - begin
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    np.savez(folder / f"{resolve.__name__}.npz", **found._asdict())
    return Measured(seconds, peak_gb)


def _few(identifiers: pa.Table, links: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Two tables of the same shape with one link, which has everything loaded and compiled that the whole needs."""
    link = links.slice(0, 1)
    keys = pa.concat_arrays([link["low"].combine_chunks(), link["high"].combine_chunks()])
    return pa.table({"key": keys, "first_seen": identifiers["first_seen"].slice(0, 2)}), link


def _row(variant: tuple[str, float, str], identifiers: int, links: int, seed: int, repeat: int) -> Row:
    name, contested, target = variant
    with TemporaryDirectory(prefix="whole_store_") as temporary:
        folder = Path(temporary)
        _alone(write_store, folder, identifiers, links, contested, seed)
        taken = list[tuple[Measured, Measured]]()
        for _ in range(repeat):
            taken.append((_alone(_measure, ours, folder), _alone(_measure, ceiling, folder)))
            _alone(_check, folder, contested)
    our_s, ceiling_s = (median(one.seconds for one in each) for each in zip(*taken, strict=True))
    our_gb, ceiling_gb = (max(one.peak_gb for one in each) for each in zip(*taken, strict=True))
    note = f"peak memory {our_gb:.2f} GB, ceiling {ceiling_gb:.2f} GB"
    return Row(f"whole store, {name}", our_s, ceiling_s, "s", our_s / ceiling_s, target, note)


def _alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in a fresh process: peak memory is counted over a whole process, and handed on by a large parent."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def _check(folder: Path, contested: float) -> None:
    """The same clusters; profiles differ from them only where two CRM ids meet, and hold one each."""
    answer, truth = np.load(folder / "ours.npz"), np.load(folder / "ceiling.npz")
    cluster, profile = answer["cluster"], answer["profile"]
    assert (_first_of_each(cluster) == _first_of_each(truth["cluster"])).all()
    prefix = pc.starts_with(read_table(folder / "identifiers.arrow")["key"], f"{POLICY.namespaces[CRM].name}:")
    crm_ids = prefix.to_numpy()
    ids_by_cluster = np.bincount(cluster[crm_ids], minlength=len(cluster))
    assert (np.bincount(profile[crm_ids], minlength=1) <= 1).all()
    assert (np.unique(cluster[profile != cluster]) == np.flatnonzero(ids_by_cluster > 1)).all()
    assert (answer["refusals"] > 0) == (contested > 0)


def _first_of_each(labels: Ids) -> NDArray[np.int64]:
    """Labels of which nothing is left but the partition: each the place of the first that has it."""
    _, first, which = np.unique(labels, return_index=True, return_inverse=True)
    return first[which]


if __name__ == "__main__":
    main()
