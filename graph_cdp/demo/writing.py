"""Writes rows as the files that each source would send. The same rows give the same bytes."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph_cdp.demo.faults import Row
from graph_cdp.errors import InputError

_CRM_SCHEMA = pa.schema(
    {name: pa.string() for name in ("crm_id", "email", "phone", "first_name", "last_name", "city")}
    | {"birth_date": pa.date32(), "updated_at": pa.timestamp("ms", tz="UTC")}
)


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Write files of the demo to a folder, made where it lacks. Raises InputError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as fault:
        why = fault.strerror or fault
        raise InputError(
            f"{folder}: the demo's files cannot be written there: {why}: make room, or name another folder with --dir."
        ) from fault


def write_jsonl(path: Path, rows: Iterable[Row]) -> None:
    """Write one JSON object a line, packed where the name ends in `.gz`."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    # Without its time of packing, equal content is an equal file.
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)


def write_delimited(path: Path, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Write rows as CSV with a header line."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns)
        writer.writeheader()
        writer.writerows(rows)


def write_crm(path: Path, rows: list[Row]) -> None:
    """Write the CRM export as Parquet, with its dates and times typed."""
    pq.write_table(pa.Table.from_pylist(rows, _CRM_SCHEMA), path, compression="zstd")


def write_mapping(path: Path) -> Path:
    """Write the mapping that comes with the package under the name of `path`."""
    path.write_bytes(files("graph_cdp.demo").joinpath("mappings", path.name).read_bytes())
    return path
