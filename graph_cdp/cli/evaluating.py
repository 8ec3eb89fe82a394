"""Matching with the truth left out, and judging by it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.cli.matching import Run, matched
from graph_cdp.cli.progress import bar_of_steps
from graph_cdp.cli.records import Records, Wanted, read_records
from graph_cdp.errors import InputError
from graph_cdp.files.columns import read_columns
from graph_cdp.match import Agreement, Curve, agreement, cluster_pairs, curve_of_clusters, curve_of_pairs
from graph_cdp.match.matched import Rows

_POINTS_OF_PAIRS, _POINTS_OF_CLUSTERS = 200, 25
_BELOW, _ABOVE = 5.0, 9.0
"""So many bits around the chosen threshold others are tried."""


class Curves(NamedTuple):
    """How pairs alone, and clusters, would fare at other thresholds; `clusters` hold the `chosen` one, in bits."""

    pairs: Curve
    clusters: Curve
    chosen: float


class Evaluation(NamedTuple):
    """What was judged, and the judgement; `curves` only where the records were matched here."""

    records: Records
    agreement: Agreement
    curves: Curves | None


def judged(files: Sequence[Path], wanted: Wanted, truth: str, seed: int, model: Path | None) -> Evaluation:
    """Match, and judge. Raises InputError where a file cannot be read, or no record has a truth."""
    run = matched(files, wanted, seed, model)
    person = _persons(run.records, truth)
    known = person >= 0
    with bar_of_steps() as tell:
        tell("trying other thresholds", 0, 0)
        curves = _curves(run, person)
    return Evaluation(run.records, agreement(run.matched.cluster[known], person[known]), curves)


def judged_clusters(files: Sequence[Path], wanted: Wanted, truth: str, clusters: Path) -> Evaluation:
    """Judge clusters that are in a file. Raises InputError where it lacks a record."""
    records = read_records(files, wanted)
    person = _persons(records, truth)
    given = read_columns(clusters).columns
    if not {"record", "cluster"} <= given.keys():
        raise InputError(f"{clusters}: clusters are in columns record and cluster, and it has {', '.join(given)}.")
    at = pc.index_in(records.table.ids, given["record"])
    if missing := int(at.null_count):
        raise InputError(f"{clusters}: {missing:,} of the records are in no cluster: give each its own, at least.")
    known = person >= 0
    return Evaluation(records, agreement(_numbers(given["cluster"].take(at))[known], person[known]), None)


def _persons(records: Records, truth: str) -> Rows:
    """By record the number of its person, -1 where that is not known."""
    name = next((file.name_by_own.get(truth, truth) for file in records.files if truth in file.columns.columns), truth)
    column = records.table.columns[name]
    person = _numbers(pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column))
    if not (person >= 0).any():
        raise InputError(f"no record has a value in the truth column {truth!r}, so there is nothing to judge by.")
    return person


def _numbers(texts: pa.LargeStringArray) -> Rows:
    numbers: Rows = pc.fill_null(texts.dictionary_encode().indices, -1).to_numpy().astype(np.int64)
    return numbers


def _curves(run: Run, person: Rows) -> Curves:
    pairs, thresholds, model = run.matched.pairs, run.model.thresholds, run.model
    chosen = thresholds.cluster
    low, high = (float(pairs.weight.min()), float(pairs.weight.max())) if len(pairs) else (chosen, chosen)
    around = np.linspace(chosen - _BELOW, chosen + _ABOVE, _POINTS_OF_CLUSTERS)
    tried = np.unique(np.append(around[(around >= low) & (around <= high)], chosen))

    def cluster_at(bits: float) -> Rows:
        other = replace(model, thresholds=replace(thresholds, cluster=bits))
        return cluster_pairs(len(person), pairs.a, pairs.b, pairs.weight, other)

    return Curves(
        curve_of_pairs(pairs, person, np.linspace(low, high, _POINTS_OF_PAIRS)),
        curve_of_clusters(cluster_at, person, tried),
        chosen,
    )
