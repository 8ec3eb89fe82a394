"""From files to a model, to clusters, and to why two records belong together; and from there to files."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from graph_cdp.cli.match_shown import columns_text
from graph_cdp.cli.progress import bar_of_steps
from graph_cdp.cli.records import Records, Wanted, read_records
from graph_cdp.cli.show import note
from graph_cdp.errors import InputError, NotFoundError
from graph_cdp.match import BANDS, Matched, Model, Waterfall, match, model_from_json, train, waterfall
from graph_cdp.query.export_files import output

_DIGITS = 6


class Run(NamedTuple):
    """Records, the model they were matched by, and what came of it."""

    records: Records
    model: Model
    matched: Matched


def learned(files: Sequence[Path], wanted: Wanted, seed: int, model: Path | None) -> tuple[Records, Model]:
    """Read the records, show what their columns are taken for, and learn from them, or read what was learned before.

    Raises InputError where a file cannot be read, or no column tells whom a record is about.
    """
    given = None if model is None else read_model(model)
    with bar_of_steps() as tell:
        tell("reading", 0, 0)
        records = read_records(files, wanted, given.columns if given else ())
    note(*columns_text(records))
    if len(records.table) > 1 and not any(column.used for column in records.columns):
        raise InputError(
            f"{files[0]}: no column tells whom a record is about: say what one holds with --column NAME=KIND, for "
            "example --column who=full_name."
        )
    if given is not None:
        return records, given
    with bar_of_steps() as tell:
        tell(f"learning from {len(records.table):,} records", 0, 0)
        return records, train(records.table, records.columns, seed=seed)


def matched(files: Sequence[Path], wanted: Wanted, seed: int, model: Path | None) -> Run:
    """Cluster the records of all files. Raises as `learned`."""
    records, how = learned(files, wanted, seed, model)
    with bar_of_steps() as tell:
        tell(f"matching {len(records.table):,} records", 0, 0)
        return Run(records, how, match(records.table, how))


def explained(files: Sequence[Path], wanted: Wanted, seed: int, model: Path | None, ids: tuple[str, str]) -> Waterfall:
    """Why two records have their score. Raises as `learned`; NotFoundError where no record has one of the ids."""
    records, how = learned(files, wanted, seed, model)
    a, b = (_row(records, id_, which) for id_, which in zip(ids, ("first", "second"), strict=True))
    return waterfall(how, records.table.record(a), records.table.record(b))


def _row(records: Records, id_: str, which: str) -> int:
    row: int = records.table.ids.index(id_).as_py()
    if row < 0:
        raise NotFoundError(f"no record has the {which} id; `graph-cdp match run` writes the ids that there are.")
    return row


def read_model(path: Path) -> Model:
    """Read a model. Raises InputError where the file is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise InputError(f"{path}: the model cannot be read: {why}.") from fault
    try:
        return model_from_json(text)
    except InputError as fault:
        raise InputError(f"{path}: {fault}") from fault


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises InputError where it cannot be written."""
    with output(path, sys.stdout.buffer) as file:
        file.write(text.encode())


def write_results(run: Run, clusters: Path, pairs: Path | None) -> None:
    """Write what was found, all of it or nothing. Raises InputError where it cannot be written."""
    ids = run.records.table.ids
    table_by_path = {clusters: _clusters_table(run)} | ({pairs: _pairs_table(run)} if pairs else {})
    with ExitStack() as stack:
        files = {path: stack.enter_context(output(path, sys.stdout.buffer)) for path in table_by_path}
        for path, table in table_by_path.items():
            files[path].write(",".join(table.column_names).encode() + b"\n")
            # Where one text needs quotes, all texts get them.
            quoting = "needed" if _wants_quotes(ids) else "none"
            arrow_csv.write_csv(table, files[path], arrow_csv.WriteOptions(include_header=False, quoting_style=quoting))


def _wants_quotes(texts: pa.LargeStringArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, '[",\r\n]')).as_py())


def _clusters_table(run: Run) -> pa.Table:
    found, ids = run.matched, run.records.table.ids
    first = ids.take(pa.array(found.cluster))
    return pa.table({"record": ids, "cluster": first, "confidence": np.round(found.confidence, _DIGITS)})


def _pairs_table(run: Run) -> pa.Table:
    pairs, ids = run.matched.pairs, run.records.table.ids
    band = pa.array(BANDS).take(pa.array(pairs.band))
    score = np.round(pairs.score, _DIGITS)
    return pa.table({"a": ids.take(pa.array(pairs.a)), "b": ids.take(pa.array(pairs.b)), "score": score, "band": band})
