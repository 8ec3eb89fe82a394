"""What matching learned and found, in JSON and in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rich.console import RenderableType

from graph_cdp.cli.records import Records
from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.match import BANDS, Figure, Model

if TYPE_CHECKING:
    from graph_cdp.cli.matching import Run

_REJECTS_SHOWN = 5
_BAND_WORDS = {"join": "sure enough to join", "review": "for a reviewer to judge", "apart": "different, or too little"}


def columns_text(records: Records) -> Iterator[RenderableType]:
    """What the columns of the files are taken for, why, and what could not be read."""
    several = len(records.files) > 1
    made = table("What the columns are taken for", "column", "holds", *(["in the files as"] if several else []), "why")
    for column in records.columns:
        there = [_called(records, column.name)] if several else []
        style = "" if column.used else "dim"
        add(made, column.name, column.kind.replace("_", " "), *there, plain(column.reason, "dim"), style=style)
    yield made
    for file in records.files:
        named = f"column {file.id!r}" if file.id else f"{file.source}/LINE"
        yield plain(f"{file.columns.path}: {len(file.columns):,} records, named by {named}", "dim")
        for reject in file.columns.rejects[:_REJECTS_SHOWN]:
            yield plain(f"{file.columns.path}: line {reject.line}: not read: {reject.reason}", "yellow")
        if (more := len(file.columns.rejects) - _REJECTS_SHOWN) > 0:
            yield plain(f"{file.columns.path}: {more:,} more were not read", "yellow")


def _called(records: Records, name: str) -> str:
    own = [next((own for own, common in file.name_by_own.items() if common == name), "–") for file in records.files]
    return own[0] if len(set(own)) == 1 else ", ".join(own)


def records_json(records: Records) -> dict[str, object]:
    """The files, and what their columns are taken for, for programs."""
    return {
        "records": len(records.table),
        "files": [
            {
                "file": str(file.columns.path),
                "source": file.source,
                "records": len(file.columns),
                "rejected": [{"line": one.line, "reason": one.reason} for one in file.columns.rejects[:100]],
                "id": file.id,
            }
            for file in records.files
        ],
        "columns": [
            {"name": one.name, "kind": one.kind, "used": one.used, "reason": one.reason} for one in records.columns
        ],
    }


def model_json(records: Records, model: Model, out: Path) -> dict[str, object]:
    """What was learned, for programs; the model itself is in the file."""
    return {**records_json(records), **_learned_json(model), "model": str(out)}


def _learned_json(model: Model) -> dict[str, object]:
    return {
        "thresholds": asdict(model.thresholds),
        "training": [one._asdict() for one in model.training],
    }


def model_text(records: Records, model: Model, out: Path) -> Iterator[RenderableType]:
    """What was learned, for persons."""
    yield facts("", {"records": len(records.table), **_thresholds(model), "model": str(out)})
    yield from _figures("How it was learned", model.training)


def run_json(run: "Run", out: Path, pairs: Path | None) -> dict[str, object]:
    """What was found, for programs."""
    return {
        **records_json(run.records),
        **_learned_json(run.model),
        "clusters": _clusters(run)._asdict(),
        "bands": _bands(run),
        "report": [one._asdict() for one in run.matched.report],
        "out": str(out),
        "pairs": None if pairs is None else str(pairs),
    }


def run_text(run: "Run", out: Path, pairs: Path | None) -> Iterator[RenderableType]:
    """What was found, for persons."""
    written = {"clusters written to": str(out)} | ({"pairs written to": str(pairs)} if pairs else {})
    count, alone, largest = _clusters(run)
    clusters = {"clusters": count, "records alone": alone, "largest cluster": largest}
    yield facts("", {"records": len(run.records.table), **clusters, **_thresholds(run.model), **written})
    made = table("Pairs that were compared", "band", "pairs", "meaning", right=("pairs",))
    for band, count in _bands(run).items():
        add(made, band, count, plain(_BAND_WORDS[band], "dim"))
    yield made
    yield from _figures("What was done", run.matched.report)


class _Clusters(NamedTuple):
    number: int
    alone: int
    largest: int


def _clusters(run: "Run") -> _Clusters:
    sizes = np.unique(run.matched.cluster, return_counts=True)[1]
    return _Clusters(len(sizes), int(np.count_nonzero(sizes == 1)), int(sizes.max(initial=0)))


def _bands(run: "Run") -> dict[str, int]:
    count_by_band = Counter(run.matched.pairs.band.tolist())
    return {name: count_by_band[band] for band, name in reversed(list(enumerate(BANDS)))}


def _thresholds(model: Model) -> dict[str, object]:
    return {
        "clusters joined from": f"{model.thresholds.cluster:.1f} bits on, on average",
        "pairs sure from": f"{model.thresholds.join:.1f} bits on",
        "for review from": f"{model.thresholds.review:.1f} bits on",
    }


def _figures(title: str, figures: tuple[Figure, ...]) -> Iterator[RenderableType]:
    if figures:
        made = table(title, "what", "how much", "in words", right=("how much",))
        for one in figures:
            add(made, one.name, _number(one.value), plain(one.words, "dim"))
        yield made


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
